/** How each part of the local cluster is started: Redis, PostgreSQL, nodes, nginx, with their ports and folders. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StartOptions } from '../bootstrap/options.mjs';
import { findFreePort, portProblem } from '../process/ports.ts';
import { startNginx } from '../services/nginx.ts';
import { nginxSettingsOf } from '../services/nginx-environment.ts';
import { startNode } from '../services/node.ts';
import { startPostgres } from '../services/postgres.ts';
import { NGINX, provide, REDIS } from '../services/provision.ts';
import { startRedis } from '../services/redis.ts';
import { checkRedis } from '../services/redis-inspection.ts';
import type { Part } from './keeper.ts';
import type { Ledger, Slot } from './ledger.ts';
import type { PartState } from './state.ts';
import type { Supervisor } from './supervisor.ts';
import { good, say, warning } from './terminal.ts';

/** What the parts of one cluster share. */
export type Site = {
  root: string;
  home: string;
  options: StartOptions;
  supervisor: Supervisor;
  ledger: Ledger;
  signal: AbortSignal;
};

/** A node by its name and where it listens on loopback. */
export type NodePort = { name: string; port: number };

type Noted = Omit<PartState, 'identity' | 'pid'>;
type Starter = (onSpawn: (pid: number) => void) => ReturnType<Part['start']>;

/** Below the ports the system gives to outgoing connections, so that a node finds its port free when it comes back. */
const FIRST_PORT = { redis: 16_379, postgres: 15_432, nodes: 13_001 };
const REDIS_PORT = 6379;
const LARGE_LOG_BYTES = 20 * 1024 * 1024;

/** Starts a part, keeps it running, and notes each of its processes. */
export function run(site: Site, slot: Slot, { noted, start }: { noted: Noted; start: Starter }) {
  const changed = (pid: number | null) => site.ledger.note(slot, { ...noted, pid });
  return site.supervisor.add({ name: noted.name, start, changed });
}

/** The server named by REDIS_URL, or a private one. Answers its URL. */
export async function bringUpRedis(site: Site): Promise<string> {
  const given = process.env.REDIS_URL;
  if (given !== undefined && given !== '') {
    const version = await checkRedis(given);
    site.ledger.note('redis', external('redis', given, 'REDIS_URL'));
    say(good(`Redis ${version} of REDIS_URL`));
    return given;
  }
  const program = await provide(REDIS, { ...site, say });
  const isUsual = (await portProblem(REDIS_PORT)) === null;
  const port = isUsual ? REDIS_PORT : await findFreePort(FIRST_PORT.redis);
  const logFile = join(site.home, 'logs', 'redis.log');
  const noted = { name: 'redis', port, url: `redis://127.0.0.1:${port}`, log: logFile, source: program.source };
  const dir = join(site.home, 'redis');
  const { url } = await run(site, 'redis', {
    noted,
    start: (onSpawn) => startRedis({ dir, port, program, logFile, signal: site.signal, onSpawn }),
  });
  say(
    good(`Redis ${program.version} (${program.source}) on port ${port}${isUsual ? '' : `, as ${REDIS_PORT} is taken`}`),
  );
  return url;
}

/** The server named by DATABASE_URL, or a private one, or none with a warning: chat does not need it. */
export async function bringUpPostgres(site: Site): Promise<string | undefined> {
  const given = process.env.DATABASE_URL;
  if (given !== undefined && given !== '') {
    site.ledger.note('postgres', external('postgres', given, 'DATABASE_URL'));
    say(good('PostgreSQL of DATABASE_URL'));
    return given;
  }
  const port = await findFreePort(FIRST_PORT.postgres);
  const logFile = join(site.home, 'logs', 'postgres.log');
  const noted = { name: 'postgres', port, url: '', log: logFile, source: 'embedded' };
  const dir = join(site.home, 'postgres');
  try {
    const start: Starter = async (onSpawn) => {
      const service = await startPostgres({ dir, port, logFile, signal: site.signal, onSpawn });
      site.ledger.note('postgres', { ...noted, source: service.source, url: service.url, pid: service.pid });
      return service;
    };
    const { url } = await run(site, 'postgres', { noted, start });
    say(good(`PostgreSQL (${site.ledger.state().postgres?.source}) on port ${port}`));
    return url;
  } catch (error) {
    site.signal.throwIfAborted();
    site.ledger.update({ postgres: null });
    const reason = error instanceof Error ? error.message : String(error);
    say(warning(`PostgreSQL cannot be had, so errors use the bundled texts: ${reason.split('\n')[0]}`));
    return undefined;
  }
}

/** All nodes, the first before the others so that migrations run once. Answers where they are. */
export async function bringUpNodes(site: Site, urls: { redisUrl: string; databaseUrl: string | undefined }) {
  const jwtSecret = secretOf(site.home);
  const taken = new Set<number>();
  const nodes: NodePort[] = [];
  for (let number = 1; number <= site.options.nodes; number += 1) {
    const port = await findFreePort(FIRST_PORT.nodes, taken);
    taken.add(port);
    nodes.push({ name: `n${number}`, port });
  }
  const webRoot = join(site.root, 'web/dist');
  const bringUp = ({ name, port }: NodePort) => {
    const logFile = join(site.home, 'logs', `${name}.log`);
    setAside(logFile);
    const noted = { name, port, url: `http://127.0.0.1:${port}`, log: logFile, source: 'server/dist' };
    const options = { name, port, logFile, jwtSecret, webRoot, ...urls, signal: site.signal };
    return run(site, 'node', { noted, start: (onSpawn) => startNode({ ...options, onSpawn }) });
  };
  await Promise.all(nodes.map(bringUp));
  say(
    good(
      `${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}: ${nodes.map(({ name, port }) => `${name} :${port}`).join(', ')}`,
    ),
  );
  return nodes;
}

/** nginx in front of the nodes; `statusPort`, if given, tells its counts. Answers the public URL. */
export async function bringUpNginx(site: Site, nodes: readonly NodePort[], statusPort?: number): Promise<string> {
  const program = await provide(NGINX, { ...site, say });
  const { port, host } = site.options;
  const logDir = join(site.home, 'logs');
  const noted = { name: 'nginx', port, url: '', log: join(logDir, 'nginx-error.log'), source: program.source };
  const dir = join(site.home, 'nginx');
  const webRoot = join(site.root, 'web/dist');
  const options = { port, host, nodes, dir, logDir, program, webRoot, statusPort, ...nginxSettingsOf(process.env) };
  const start: Starter = async (onSpawn) => {
    const service = await startNginx({ ...options, signal: site.signal, onSpawn });
    site.ledger.note('nginx', { ...noted, url: service.url, pid: service.pid });
    return service;
  };
  const { url } = await run(site, 'nginx', { noted, start });
  say(good(`nginx ${program.version} (${program.source}) on port ${port}`));
  return url;
}

/** Signs the tokens. Made once, so that people stay signed in over a restart; readable by its owner only. */
export function secretOf(home: string): string {
  const given = process.env.JWT_SECRET;
  if (given !== undefined && given !== '') return given;
  const file = join(home, 'jwt-secret');
  if (!existsSync(file)) writeFileSync(file, randomBytes(48).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** A log that has grown large becomes `n1.1.log`; the one before it goes. */
function setAside(logFile: string): void {
  const isLarge = existsSync(logFile) && statSync(logFile).size > LARGE_LOG_BYTES;
  if (isLarge) renameSync(logFile, logFile.replace(/\.log$/, '.1.log'));
}

function external(name: string, url: string, source: string): Omit<PartState, 'identity'> {
  return { name, pid: null, port: Number(new URL(url).port) || 0, url, log: null, source };
}
