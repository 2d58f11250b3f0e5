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

/** Builds what is not built, gets what is missing, and starts everything. Resolves when all nodes are ready. */
export async function startCluster({ nodes: count = 2 }: { nodes?: number } = {}): Promise<Cluster> {
  await buildAll();
  const folder = mkdtempSync(join(tmpdir(), 'c2c-e2e-'));
  const redis = await startRedis({
    dir: join(folder, 'redis'),
    program: await provide(REDIS, { home: HOME, root: ROOT, say }),
  });
  const names = Array.from({ length: count }, (_, index) => `n${index + 1}`);
  const nodes = await Promise.all(names.map((name) => openNode(name, { folder, redisUrl: redis.url })));
  const nginx = await startNginx({
    port: await freePort(),
    nodes: nodes.map(({ name, port }) => ({ name, port })),
    dir: join(folder, 'nginx'),
    webRoot: join(ROOT, 'web/dist'),
    program: await provide(NGINX, { home: HOME, root: ROOT, say }),
  });
  return {
    url: nginx.url,
    nodes,
    logs: () => names.map((name) => `--- ${name}\n${tail(join(folder, `${name}.log`), 20)}`).join('\n'),
    async stop() {
      await nginx.stop();
      await Promise.all(nodes.map((node) => node.kill()));
      await redis.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server and the page as people get them. */
async function buildAll(): Promise<void> {
  const context = { root: ROOT, home: HOME, say };
  await Promise.all([ensureBuilt(SERVER_BUILD, context), ensureBuilt(WEB_BUILD, context)]);
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
