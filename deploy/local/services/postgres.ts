/** A private PostgreSQL for the error catalogue: bundled or installed binaries, a folder of its own, never as root. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startChild, untilUp } from '../process/child.ts';
import { anyFreePort } from '../process/ports.ts';
import { bundledPostgres, installedPostgres, type PostgresBinaries } from './postgres-binaries.ts';
import type { Service } from './redis.ts';
import { type Account, reachableCopy, reachableFolder, serviceAccount } from './service-account.ts';

/** `dir` holds data; `port` absent or 0 takes any free one. */
export type PostgresOptions = {
  dir: string;
  port?: number;
  logFile?: string;
  signal?: AbortSignal | undefined;
  onSpawn?: ((pid: number) => void) | undefined;
};

const DATABASE = 'c2c';
const OWNER = 'c2c';

/** A PostgreSQL that runs. `source` says which binaries it was made from. */
export type PostgresService = Service & { source: string };

/** Starts PostgreSQL on 127.0.0.1 with the database `c2c`. Tries the bundled binaries first, then installed ones. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresService> {
  const problems: string[] = [];
  for (const binaries of [bundledPostgres(), installedPostgres()]) {
    if (binaries === null) continue;
    try {
      return await startFrom(binaries, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      problems.push(`${binaries.source}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(problems.join('\n') || 'there are no PostgreSQL binaries for this machine');
}

type Cluster = { account: Account | null; data: string; bin: string; password: string };

async function startFrom(binaries: PostgresBinaries, options: PostgresOptions): Promise<PostgresService> {
  const account = process.getuid?.() === 0 ? serviceAccount() : null;
  const home = account === null ? resolve(options.dir) : reachableFolder(resolve(options.dir), account);
  mkdirSync(home, { recursive: true });
  const bin = account === null ? binaries.bin : reachableCopy(binaries.root, binaries.bin, account);
  // data of one major version cannot be opened by another
  const data = join(home, `data-${binaries.major}`);
  const cluster = { account, data, bin, password: passwordIn(options.dir) };
  if (!existsSync(join(data, 'c2c-ready'))) createCluster(cluster);
  const logFile = options.logFile ?? join(resolve(options.dir), 'postgres.log');
  return { ...(await run(cluster, options, logFile)), source: binaries.source };
}

function createCluster({ account, data, bin, password }: Cluster): void {
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true, mode: 0o700 });
  if (account !== null) chownSync(data, account.uid, account.gid);
  const passwordFile = `${data}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account !== null) chownSync(passwordFile, account.uid, account.gid);
  const owner = account === null ? {} : { uid: account.uid, gid: account.gid };
  const env = { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' };
  const init = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', OWNER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--no-sync'],
    { ...owner, env, cwd: data, encoding: 'utf8' },
  );
  rmSync(passwordFile);
  if (init.status !== 0) throw new Error(`initdb failed: ${(init.stderr || String(init.error)).trim()}`);
  const made = spawnSync(join(bin, 'postgres'), ['--single', '-D', data, 'postgres'], {
    ...owner,
    env,
    cwd: data,
    input: `CREATE DATABASE ${DATABASE};\n`,
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`the database could not be made: ${made.stderr.trim()}`);
  writeFileSync(join(data, 'c2c-ready'), '');
}

async function run(
  { account, data, bin, password }: Cluster,
  options: PostgresOptions,
  logFile: string,
): Promise<Service> {
  const port = options.port || (await anyFreePort());
  const flags = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
  const small = ['-c', 'shared_buffers=32MB', '-c', 'max_connections=50'];
  const child = await startChild({
    file: join(bin, 'postgres'),
    args: [...flags, ...small],
    env: { ...process.env, LC_MESSAGES: 'C' },
    cwd: data,
    logFile,
    uid: account?.uid,
    gid: account?.gid,
    onSpawn: options.onSpawn,
  });
  // a server that was killed left its file behind: only the line of this process counts
  const isUp = async () => {
    const status = readFileSync(join(data, 'postmaster.pid'), 'utf8');
    return status.startsWith(`${child.pid}\n`) && /\nready/.test(status);
  };
  await untilUp(child, isUp, { name: 'PostgreSQL', logFile, timeoutMs: 30_000, signal: options.signal });
  // SIGINT is PostgreSQL's "fast" shutdown; SIGTERM would wait for every client to leave
  const stop = () => child.stop(10_000, 'SIGINT');
  const url = `postgres://${OWNER}:${password}@127.0.0.1:${port}/${DATABASE}`;
  return { url, port, pid: child.pid, exited: child.exited, stop };
}

/** Made once and kept beside the data, readable by its owner only. */
function passwordIn(dir: string): string {
  const file = join(resolve(dir), 'password');
  if (!existsSync(file)) {
    mkdirSync(resolve(dir), { recursive: true });
    writeFileSync(file, randomBytes(18).toString('hex'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}
