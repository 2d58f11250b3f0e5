/** Where and on what a run took place; nothing that names the machine. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { bunProgram } from './fetched.ts';

/** In words, for the page. */
export type Facts = {
  at: string;
  commit: string;
  machine: string;
  /** Programs and packages with their versions. */
  versions: string;
  /** Load of the minute before the run; above a tenth of the cores others used the machine too. */
  loadBefore: number;
  isQuiet: boolean;
};

const ROOT = join(import.meta.dirname, '../../..');
const PACKAGES = [
  'socket.io',
  '@socket.io/redis-adapter',
  '@socket.io/redis-streams-adapter',
  'redis',
  'ioredis',
  'ws',
];
const GIB = 1024 ** 3;
/** The run's own start is in it already. */
const QUIET_SHARE = 0.4;

/** Call it before the run. */
export function gatherFacts(): Facts {
  const [load = 0] = loadavg();
  const cores = availableParallelism();
  const memory = `${Math.round(totalmem() / GIB)} GiB`;
  return {
    at: new Date().toISOString(),
    commit: commit(),
    machine: `${cores} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${memory}, ${type()} ${release().split('-')[0]}`,
    versions: versions().join(', '),
    loadBefore: load,
    isQuiet: load <= cores * QUIET_SHARE,
  };
}

function commit(): string {
  const isChanged = output('git', ['status', '--porcelain', '--', 'server/src', 'package-lock.json']) !== '';
  return `${output('git', ['rev-parse', '--short=12', 'HEAD']) || 'unknown'}${isChanged ? ' with changes' : ''}`;
}

function versions(): string[] {
  const bun = bunProgram();
  const redis = /v=([0-9.]+)/.exec(output('redis-server', ['--version']))?.[1] ?? 'unknown';
  return [
    `Node ${process.versions.node}`,
    `Redis ${redis} with AOF`,
    ...(bun === null ? [] : [`Bun ${output(bun, ['--version'])}`]),
    ...PACKAGES.map((name) => `${name} ${packageVersion(name)}`),
  ];
}

/** Read from the file: not every package lets its own description be imported. */
function packageVersion(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const folder of folders) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version: string };
      return version;
    } catch {
      // It lies in one of the folders further up.
    }
  }
  return 'unknown';
}

function output(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}
