/** What breaks: one Redis that keeps its data, nodes on ports of their own and nginx in front, all on loopback. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { findFreePort } from '../../../../deploy/local/process/ports.ts';
import { startNginx } from '../../../../deploy/local/services/nginx.ts';
import { type ChatNode, startChatNode } from '../../support/chat-node.ts';
import { openAdmin } from '../../support/cluster.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';

/** How nodes reach Redis, where not directly: a proxy per node, say. Closed with the world. */
export type RedisRoute = { urlOf(node: string): string; close(): Promise<void> };

/** `env` goes to every node; `redisArgs` to redis-server. */
export type WorldSettings = {
  nodes?: number;
  env?: Readonly<Record<string, string>>;
  redisArgs?: readonly string[];
  redisRoute?: (redis: TestRedis) => Promise<RedisRoute>;
};

/** A node that keeps its name and port over its deaths. */
export interface FaultNode {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  /** The process of now. */
  readonly process: ChatNode;
  /** Starts it again on its port; resolves when it is ready. */
  restart(): Promise<void>;
  /** All that all its lives have logged. */
  log(): string;
}

/** nginx as people reach it. */
export type FaultNginx = { url: string; port: number; pid: number; accessLog: string };

/** The machinery of one fault. */
export interface World {
  readonly redis: TestRedis;
  /** A connection of the test's own to Redis. */
  readonly admin: Redis;
  readonly nodes: readonly FaultNode[];
  readonly nginx: FaultNginx;
  /** The node of this name (`n1`, `n2`, …). */
  node(name: string): FaultNode;
  stop(): Promise<void>;
}

const BASE_ENV = { DRAIN_WINDOW_MS: '5000' };

/** Starts everything; resolves when every node is ready and nginx listens. */
export async function startWorld(settings: WorldSettings = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'c2c-fault-'));
  const redis = await startRedis({
    isDurable: true,
    args: ['--appendfsync', 'everysec', ...(settings.redisArgs ?? [])],
  });
  const route = await settings.redisRoute?.(redis);
  const names = Array.from({ length: settings.nodes ?? 3 }, (_, index) => `n${index + 1}`);
  const env = { ...BASE_ENV, ...settings.env };
  const ports = createPorts();
  const nodes: FaultNode[] = [];
  for (const name of names) {
    const redisUrl = route?.urlOf(name) ?? redis.url;
    const port = await ports.next();
    nodes.push(await startFaultNode({ name, redisUrl, port, logFile: join(folder, `${name}.log`), env }));
  }
  const dir = join(folder, 'nginx');
  const webRoot = join(folder, 'page');
  mkdirSync(webRoot);
  const nginx = await startNginx({ port: await ports.next(), nodes, dir, webRoot });
  const admin = openAdmin(redis.url);

  return {
    redis,
    admin,
    nodes,
    nginx: { url: nginx.url, port: nginx.port, pid: nginx.pid, accessLog: join(dir, 'nginx-access.log') },
    node: (name) => found(nodes, name),
    async stop() {
      admin.disconnect();
      redis.thaw();
      for (const { process } of nodes) process.thaw();
      await Promise.all(nodes.map(({ process }) => process.kill()));
      await nginx.stop();
      await route?.close();
      await redis.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Below the range that the system gives to outgoing connections, so that a node finds its port free when it comes back. */
function createPorts() {
  const taken = new Set<number>();
  return {
    async next(): Promise<number> {
      const from = 12_000 + Math.floor(Math.random() * 18_000);
      const port = await findFreePort(from, taken);
      taken.add(port);
      return port;
    },
  };
}

type NodeOptions = {
  name: string;
  port: number;
  redisUrl: string;
  logFile: string;
  env: Readonly<Record<string, string>>;
};

async function startFaultNode({ port, env, ...options }: NodeOptions): Promise<FaultNode> {
  const start = () => startChatNode({ ...options, env: { ...env, PORT: String(port) } });
  let life = await start();
  return {
    name: options.name,
    port,
    url: life.url,
    get process() {
      return life;
    },
    async restart() {
      life = await start();
    },
    log: () => life.log(),
  };
}

function found(nodes: readonly FaultNode[], name: string): FaultNode {
  const node = nodes.find((each) => each.name === name);
  if (node === undefined) throw new Error(`there is no node ${name}`);
  return node;
}
