/** What a Redis really did: every command, and for each run of a script the commands inside it, with the keys they touched. */
import { once } from 'node:events';
import { Redis } from 'ioredis';

/** One run: of a script the server knows (`sha`) or of anything else (null); `touched` are all keys and channels, declared or not. */
export type Run = { name: string; sha: string | null; declared: string[]; touched: string[] };

/** Watches one server. */
export interface RedisMonitor {
  /** Everything that was run since the last call. */
  runs(): Promise<Run[]>;
  close(): void;
}

const PUBLISHING = new Set(['publish', 'spublish']);

/** MONITOR shows a script before what it calls, in the order of execution. */
export async function startMonitor(url: string): Promise<RedisMonitor> {
  const asking = new Redis(url);
  const listening = await asking.monitor();
  let seen: { args: string[]; isInside: boolean }[] = [];
  listening.on('monitor', (_time: string, args: string[], source: string) => {
    seen.push({ args, isInside: source === 'lua' });
    if (args[0] === 'echo') listening.emit('barrier');
  });

  async function keysOf([name = '', ...args]: string[]): Promise<string[]> {
    if (PUBLISHING.has(name) || args.length === 0) return args.slice(0, 1);
    const keys = asking.command('GETKEYS', name, ...args) as Promise<string[]>;
    return keys.catch((error: unknown) => {
      if (String(error).includes('has no key arguments')) return [];
      throw error;
    });
  }

  return {
    async runs() {
      const barrier = once(listening, 'barrier');
      await asking.echo('barrier');
      await barrier;
      const lines = seen;
      seen = [];
      const runs: Run[] = [];
      for (const { args, isInside } of lines) {
        const [command = ''] = args;
        if (command === 'echo' || command === 'command') continue;
        const keys = await keysOf(args.map((arg, i) => (i === 0 ? arg.toLowerCase() : arg)));
        if (isInside) runs.at(-1)?.touched.push(...keys);
        else {
          const sha = command === 'evalsha' ? (args[1] ?? '') : null;
          runs.push({ name: command, sha, declared: keys, touched: [...keys] });
        }
      }
      return runs;
    },
    close() {
      asking.disconnect();
      listening.disconnect();
    },
  };
}
