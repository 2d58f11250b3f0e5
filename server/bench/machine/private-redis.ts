/** A Redis of the run's own, with AOF as C2C runs it, and what it tells of its clients. */
import { Redis } from 'ioredis';
import { startRedis } from '../../test/support/redis.ts';

/** A running server. */
export interface PrivateRedis {
  readonly url: string;
  readonly pid: number;
  /** Begins to count the commands of clients, those that scripts run apart. MONITOR costs Redis time: never while CPU is measured. */
  countCommands(): Promise<CommandCount>;
  /** Forgets the slow log and notes every command from `thresholdUs` on. */
  watchSlow(thresholdUs: number): Promise<void>;
  /** Microseconds of every command in the slow log. */
  slowest(): Promise<number[]>;
  stop(): Promise<void>;
}

/** `ended` answers by name how often a command came since. */
export interface CommandCount {
  end(): Promise<ReadonlyMap<string, number>>;
}

/** As the launcher starts it (deploy/local/services/redis.ts): AOF, one fsync a second. */
const SETTINGS = ['--appendfsync', 'everysec', '--tcp-backlog', '511'];
const SLOW_ENTRIES = 4_096;

/** Starts it on a free port, in a temporary folder. */
export async function startPrivateRedis(): Promise<PrivateRedis> {
  const server = await startRedis({ isDurable: true, args: SETTINGS });
  const admin = new Redis(server.url, { maxRetriesPerRequest: null });
  admin.on('error', () => undefined);
  const pid = Number(/process_id:(\d+)/.exec(await admin.info('server'))?.[1]);

  return {
    url: server.url,
    pid,
    async countCommands() {
      const monitor = await admin.monitor();
      monitor.on('error', () => undefined);
      const counts = new Map<string, number>();
      monitor.on('monitor', (_time: string, [command = '']: string[], source: string) => {
        if (source !== 'lua') counts.set(command.toLowerCase(), (counts.get(command.toLowerCase()) ?? 0) + 1);
      });
      return {
        async end() {
          await admin.echo('barrier');
          while (!counts.has('echo')) await new Promise((resolve) => monitor.once('monitor', resolve));
          monitor.disconnect();
          counts.delete('echo');
          return counts;
        },
      };
    },
    async watchSlow(thresholdUs) {
      await admin.config('SET', 'slowlog-max-len', String(SLOW_ENTRIES));
      await admin.config('SET', 'slowlog-log-slower-than', String(thresholdUs));
      await admin.slowlog('RESET');
    },
    async slowest() {
      const entries = (await admin.slowlog('GET', String(SLOW_ENTRIES))) as [number, number, number][];
      return entries.map(([, , us]) => us);
    },
    async stop() {
      admin.disconnect();
      await server.stop();
    },
  };
}
