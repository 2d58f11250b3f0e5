/** A real cluster of a test's own: Redis, nodes of the built server, and nginx in front of them, on free ports. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, SERVER_BUILD, WEB_BUILD } from '../../../deploy/local/cluster/build.ts';
import { tail } from '../../../deploy/local/process/child.ts';
import { findFreePort } from '../../../deploy/local/process/ports.ts';
import { startNginx } from '../../../deploy/local/services/nginx.ts';
import { type NodeOptions, startNode } from '../../../deploy/local/services/node.ts';
import { NGINX, provide, REDIS } from '../../../deploy/local/services/provision.ts';
import { type Service, startRedis } from '../../../deploy/local/services/redis.ts';
import { HOME, ROOT, say } from './ground.ts';

/** One node. Its name and port stay the same over its lives. */
export interface ClusterNode {
  readonly name: string;
  readonly url: string;
  /** SIGKILL: it is gone at once. */
  kill(): Promise<void>;
  /** SIGTERM: it drains and ends. */
  terminate(): Promise<void>;
  /** Begins a new life; resolves when it is ready. */
  revive(): Promise<void>;
}

/** What people reach, and what can happen behind it. */
export interface Cluster {
  /** nginx. */
  readonly url: string;
  readonly nodes: readonly ClusterNode[];
  /** The end of every node's log. */
  logs(): string;
  stop(): Promise<void>;
}

/** Only below 32768: above, nginx's own connections take ports that a node may want back. */
const PORTS = { first: 12_000, perProcess: 40, processes: 450 };

const taken = new Set<number>();

/** The server and the page as people get them, built if they are not. Once for a run: before `startCluster`. */
export async function buildAll(): Promise<void> {
  const context = { root: ROOT, home: HOME, say };
  await Promise.all([ensureBuilt(SERVER_BUILD, context), ensureBuilt(WEB_BUILD, context)]);
}

/** Gets what is missing and starts everything. Resolves when all nodes are ready; what had begun ends if one never is. */
export async function startCluster({ nodes: count = 2 }: { nodes?: number } = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'c2c-e2e-'));
  const ends: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return { ...(await start(folder, count, ends)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `ends` is told of each part as soon as it runs. */
async function start(folder: string, count: number, ends: (() => Promise<void>)[]): Promise<Omit<Cluster, 'stop'>> {
  const programs = { home: HOME, root: ROOT, say };
  const redis = await startRedis({ dir: join(folder, 'redis'), program: await provide(REDIS, programs) });
  ends.push(redis.stop);
  const names = Array.from({ length: count }, (_, index) => `n${index + 1}`);
  const open = async (name: string) => {
    const node = await openNode(name, { folder, redisUrl: redis.url });
    ends.push(() => node.kill());
    return node;
  };
  const nodes = await Promise.all(names.map(open));
  const nginx = await startNginx({
    port: await freePort(),
    nodes: nodes.map(({ name, port }) => ({ name, port })),
    dir: join(folder, 'nginx'),
    webRoot: join(ROOT, 'web/dist'),
    program: await provide(NGINX, programs),
  });
  ends.push(nginx.stop);
  const logs = () => names.map((name) => `--- ${name}\n${tail(join(folder, `${name}.log`), 20)}`).join('\n');
  return { url: nginx.url, nodes, logs };
}

async function openNode(name: string, { folder, redisUrl }: { folder: string; redisUrl: string }) {
  const port = await freePort();
  const options: NodeOptions = {
    ...{ name, port, redisUrl },
    jwtSecret: 'a secret of forty letters for tests only',
    logFile: join(folder, `${name}.log`),
    webRoot: join(ROOT, 'web/dist'),
  };
  let life: Service = await startNode(options);
  return {
    name,
    port,
    url: life.url,
    async kill() {
      if (isAlive(life)) process.kill(life.pid, 'SIGKILL');
      await life.exited;
    },
    terminate: () => life.stop(),
    async revive() {
      life = await startNode(options);
    },
  };
}

function isAlive({ pid }: Service): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** One that no other process of tests looks for at the same time. */
async function freePort(): Promise<number> {
  const port = await findFreePort(PORTS.first + (process.pid % PORTS.processes) * PORTS.perProcess, taken);
  taken.add(port);
  return port;
}
