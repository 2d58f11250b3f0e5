/** A Redis of the run's own, with AOF as C2C runs it, and what it tells of its clients. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { Redis } from 'ioredis';
import { startRedis } from '../../test/support/redis.ts';
import { atExit } from './child.ts';

/** A running server. */
export interface PrivateRedis {
  readonly url: string;
  readonly pid: number;
  /** Commands of clients while `work` runs, those that scripts run apart. MONITOR costs Redis time: never while CPU is measured. */
  countDuring<T>(work: () => Promise<T>): Promise<CommandCount<T>>;
  /** Forgets the slow log and notes every command from `thresholdUs` on. */
  watchSlow(thresholdUs: number): Promise<void>;
  /** Microseconds of every script in the slow log. */
  slowScripts(): Promise<number[]>;
  stop(): Promise<void>;
}

/** How many there were, in how long, and what came of the work. */
export type CommandCount<T> = { commands: number; ms: number; result: T };

type SlowEntry = [id: number, atS: number, us: number, words: string[]];

/** As the launcher starts it (deploy/local/services/redis.ts): AOF, one fsync a second. */
const SETTINGS = ['--appendfsync', 'everysec', '--tcp-backlog', '511'];
const BARRIER = 'the bench has counted';
const SLOW_ENTRIES = 4_096;

/** Starts it on a free port, in a temporary folder. */
export async function startPrivateRedis(): Promise<PrivateRedis> {
  const server = await startRedis({ isDurable: true, args: SETTINGS });
  const admin = new Redis(server.url, { maxRetriesPerRequest: null });
  admin.on('error', () => undefined);
  const pid = Number(/process_id:(\d+)/.exec(await admin.info('server'))?.[1]);

  const [, folder = ''] = (await admin.config('GET', 'dir')) as string[];
  const isGone = atExit(() => {
    process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  return {
    url: server.url,
    pid,
    async countDuring(work) {
      const monitor = await admin.monitor();
      monitor.on('error', () => undefined);
      let commands = 0;
      let isOver = false;
      monitor.on('monitor', (_time: string, [, word]: string[], source: string) => {
        if (word === BARRIER) isOver = true;
        else if (source !== 'lua') commands++;
      });
      const begin = performance.now();
      const result = await work();
      const ms = performance.now() - begin;
      await admin.echo(BARRIER);
      while (!isOver) await once(monitor, 'monitor');
      monitor.disconnect();
      return { commands, ms, result };
    },
    async watchSlow(thresholdUs) {
      await admin.config('SET', 'slowlog-max-len', String(SLOW_ENTRIES));
      await admin.config('SET', 'slowlog-log-slower-than', String(thresholdUs));
      await admin.slowlog('RESET');
    },
    async slowScripts() {
      const entries = (await admin.slowlog('GET', String(SLOW_ENTRIES))) as SlowEntry[];
      return entries.filter(([, , , [name]]) => name?.toLowerCase().startsWith('eval')).map(([, , us]) => us);
    },
    async stop() {
      admin.disconnect();
      await server.stop();
      isGone();
    },
  };
}
