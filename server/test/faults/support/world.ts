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

/** nginx stands before the nodes: who is behind it is told by its header, as in a cluster of the launcher. */
const BASE_ENV = { DRAIN_WINDOW_MS: '5000', TRUSTED_PROXIES: '127.0.0.1' };

/** Starts everything; resolves when every node is ready and nginx listens. What was started ends with a failure. */
export async function startWorld(settings: WorldSettings = {}): Promise<World> {
  const ends: (() => unknown)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return { ...(await build(settings, (end) => void ends.push(end))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(settings: WorldSettings, atEnd: (end: () => unknown) => void): Promise<Omit<World, 'stop'>> {
  const folder = mkdtempSync(join(tmpdir(), 'c2c-fault-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const args = ['--appendfsync', 'everysec', ...(settings.redisArgs ?? [])];
  const redis = await startRedis({ isDurable: true, args });
  atEnd(() => redis.stop());
  const route = await settings.redisRoute?.(redis);
  atEnd(() => route?.close());
  const ports = createPorts();
  const nodes: FaultNode[] = [];
  for (let index = 1; index <= (settings.nodes ?? 3); index++) {
    const name = `n${index}`;
    const logFile = join(folder, `${name}.log`);
    const redisUrl = route?.urlOf(name) ?? redis.url;
    const env = { ...BASE_ENV, ...settings.env };
    const node = await startFaultNode({ name, redisUrl, port: await ports.next(), logFile, env });
    atEnd(() => node.process.kill());
    nodes.push(node);
  }
  const dir = join(folder, 'nginx');
  const webRoot = join(folder, 'page');
  mkdirSync(webRoot);
  const nginx = await startNginx({ port: await ports.next(), nodes, dir, webRoot });
  atEnd(() => nginx.stop());
  const admin = openAdmin(redis.url);
  atEnd(() => admin.disconnect());
  return {
    redis,
    admin,
    nodes,
    nginx: { url: nginx.url, port: nginx.port, pid: nginx.pid, accessLog: join(dir, 'nginx-access.log') },
    node: (name) => found(nodes, name),
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
