/** A private Redis (or Valkey) ≥ 7: found on this machine and run with the settings C2C depends on. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Exit, startChild, untilUp } from '../process/child.ts';
import { anyFreePort, askLine } from '../process/ports.ts';
import { findOnPath, isAtLeast, outputOf, type Program, versionIn } from './program.ts';

/** A service that runs: where, as which process, and how it ends. */
export type Service = { url: string; port: number; pid: number; exited: Promise<Exit>; stop(): Promise<void> };

/**
 * `dir` holds data and log; `port` absent or 0 takes any free one; `aof` is on unless told otherwise;
 * `args` are more options of redis-server (`['--maxmemory', '20mb']`).
 */
export type RedisOptions = {
  dir: string;
  port?: number;
  aof?: boolean;
  args?: readonly string[];
  program?: Program;
  logFile?: string;
  signal?: AbortSignal | undefined;
  onSpawn?: ((pid: number) => void) | undefined;
};

const OLDEST = '7.0.0';

/** redis-server or valkey-server from version 7 on, on PATH; null if there is none. */
export function findRedis(): Program | null {
  for (const name of ['redis-server', 'valkey-server']) {
    const file = findOnPath(name);
    const program = file === null ? null : describeRedis(file, 'PATH', {});
    if (program !== null) return program;
  }
  return null;
}

/** A redis-server file as a program; null where it does not run or is older than 7. */
export function describeRedis(file: string, source: string, env: Readonly<Record<string, string>>): Program | null {
  const version = versionIn(outputOf(file, ['--version'], env), /v=/);
  return version !== null && isAtLeast(version, OLDEST) ? { file, args: [], env, version, source } : null;
}

/** Starts a private Redis on 127.0.0.1 and waits until it answers. Rejects with the end of its log when it does not. */
export async function startRedis(options: RedisOptions): Promise<Service> {
  const program = options.program ?? findRedis();
  if (program === null) throw new Error('there is no redis-server 7 or newer on PATH');
  const dir = resolve(options.dir);
  const port = options.port || (await anyFreePort());
  const logFile = options.logFile ?? join(dir, 'redis.log');
  mkdirSync(dir, { recursive: true });
  const child = await startChild({
    file: program.file,
    args: [...program.args, ...settings(port, dir, options.aof ?? true), ...(options.args ?? [])],
    env: { ...process.env, ...program.env },
    logFile,
    onSpawn: options.onSpawn,
  });
  // a large AOF is loaded first: Redis answers -LOADING meanwhile, so the patience is long
  await untilUp(child, () => answersPing(port), { name: 'Redis', logFile, timeoutMs: 60_000, signal: options.signal });
  return { url: `redis://127.0.0.1:${port}`, port, pid: child.pid, exited: child.exited, stop: () => child.stop() };
}

function settings(port: number, dir: string, aof: boolean): string[] {
  return [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--daemonize', 'no'],
    // a write that was acknowledged survives kill -9 of Redis; at most the last second is lost with the machine
    ...['--appendonly', aof ? 'yes' : 'no', '--appendfsync', 'everysec', '--save', ''],
    // never evict: a room that silently loses keys breaks every promise; a full Redis refuses writes instead
    ...['--maxmemory-policy', 'noeviction'],
    ...['--tcp-keepalive', '30', '--tcp-backlog', '511'],
  ];
}

async function answersPing(port: number): Promise<boolean> {
  return (await askLine(port, 'PING\r\n'))?.startsWith('+PONG') ?? false;
}
