/** A whole cluster of a test's own: one Redis, some nodes, each with a log of its own that a failed test shows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type ChatNode, startChatNode } from './chat-node.ts';
import { startRedis, type TestRedis, type TestRedisOptions } from './redis.ts';

/** `nodes` is how many (3); `env` goes to every node. */
export type ClusterOptions = {
  nodes?: number;
  env?: Readonly<Record<string, string>>;
  redis?: TestRedisOptions;
};

/** What tests need of a cluster; the shared one is reached by these alone. */
export type ClusterAddress = {
  redisUrl: string;
  /** In the order of the nodes `n1`, `n2`, … */
  urls: string[];
};

/** A running cluster. */
export interface Cluster extends ClusterAddress {
  readonly redis: TestRedis;
  readonly nodes: ChatNode[];
  /** A connection of the test's own. */
  readonly admin: Redis;
  /** One more node, or one that died under a new name. */
  addNode(name: string): Promise<ChatNode>;
  /** The end of every node's log, for a failed test. */
  logs(): string;
  stop(): Promise<void>;
}

const LOG_TAIL = 3_000;

/** Starts Redis, then all nodes at once; resolves when every node is ready. */
export async function startCluster({ nodes = 3, env = {}, redis: settings }: ClusterOptions = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'c2c-cluster-'));
  const redis = await startRedis(settings);
  const running: ChatNode[] = [];
  const addNode = async (name: string) => {
    const logFile = join(folder, `${name}.log`);
    const node = await startChatNode({ name, redisUrl: redis.url, logFile, env });
    running.push(node);
    return node;
  };
  const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
  await Promise.all(names.map(addNode));
  running.sort((a, b) => a.name.localeCompare(b.name));
  const admin = openAdmin(redis.url);

  return {
    redis,
    redisUrl: redis.url,
    nodes: running,
    admin,
    addNode,
    get urls() {
      return running.filter((node) => node.isAlive()).map((node) => node.url);
    },
    logs: () => running.map((node) => `--- ${node.name}\n${node.log().slice(-LOG_TAIL)}`).join('\n'),
    async stop() {
      admin.disconnect();
      for (const node of running) node.thaw();
      await Promise.all(running.map((node) => node.stop()));
      await redis.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A plain connection for looking into Redis; it comes back by itself and reports no loss. */
export function openAdmin(url: string): Redis {
  const admin = new Redis(url, { maxRetriesPerRequest: null });
  admin.on('error', () => undefined);
  return admin;
}
