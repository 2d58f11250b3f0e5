/** A real cluster of a test's own: Redis, PostgreSQL, nodes of the built server, and nginx in front of them, on free ports. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, SERVER_BUILD, WEB_BUILD } from '../../../deploy/local/cluster/build.ts';
import { tail } from '../../../deploy/local/process/child.ts';
import { startNginx } from '../../../deploy/local/services/nginx.ts';
import { startPostgres } from '../../../deploy/local/services/postgres.ts';
import { NGINX, provide } from '../../../deploy/local/services/provision.ts';
import { type ClusterNode, openNode } from './cluster-node.ts';
import { type ClusterRedis, openRedis } from './cluster-redis.ts';
import { freePort, HOME, ROOT, say } from './ground.ts';

/** What people reach, and what can happen behind it. */
export interface Cluster {
  /** nginx. */
  readonly url: string;
  readonly redis: ClusterRedis;
  /** PostgreSQL with the error texts; undefined where none was asked for. */
  readonly databaseUrl: string | undefined;
  readonly nodes: readonly ClusterNode[];
  /** The end of every node's log. */
  logs(): string;
  stop(): Promise<void>;
}

/** `env` is given to every node, over its defaults: times that a test scales. */
export type ClusterOptions = { nodes?: number; hasPostgres?: boolean; env?: Readonly<Record<string, string>> };

/**
 * A busy machine is no overload: a node that has to wait for the processor goes on letting people in. And the other
 * addresses of this machine play strangers.
 */
const OURS = { OVERLOAD_DELAY_MS: '30000', TRUSTED_LOAD_ADDRESSES: '127.0.0.1,::1' };

type Ground = { folder: string; ends: (() => Promise<void>)[] };

/** The server and the page as people get them, built if they are not. Once for a run: before `startCluster`. */
export async function buildAll(): Promise<void> {
  const context = { root: ROOT, home: HOME, say };
  await Promise.all([ensureBuilt(SERVER_BUILD, context), ensureBuilt(WEB_BUILD, context)]);
}

/** Gets what is missing and starts everything. Resolves when all nodes are ready; what had begun ends if one never is. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'c2c-e2e-'));
  const ends: Ground['ends'] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return { ...(await start({ folder, ends }, options)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `ends` is told of each part as soon as it runs. */
async function start({ folder, ends }: Ground, options: ClusterOptions): Promise<Omit<Cluster, 'stop'>> {
  const { nodes: count = 2, hasPostgres = false } = options;
  const env = { ...OURS, ...options.env };
  const [redis, postgres] = await Promise.all([
    openRedis(join(folder, 'redis')),
    hasPostgres ? startPostgres({ dir: join(folder, 'postgres') }) : null,
  ]);
  ends.push(redis.kill);
  if (postgres !== null) ends.push(postgres.stop);
  const names = Array.from({ length: count }, (_, index) => `n${index + 1}`);
  const open = async (name: string) => {
    const node = await openNode(name, { folder, redisUrl: redis.url, databaseUrl: postgres?.url, env });
    ends.push(() => node.kill());
    return node;
  };
  const nodes = await Promise.all(names.map(open));
  const nginx = await startNginx({
    port: await freePort(),
    nodes: nodes.map(({ name, port }) => ({ name, port })),
    dir: join(folder, 'nginx'),
    webRoot: join(ROOT, 'web/dist'),
    program: await provide(NGINX, { home: HOME, root: ROOT, say }),
  });
  ends.push(nginx.stop);
  const logs = () => names.map((name) => `--- ${name}\n${tail(join(folder, `${name}.log`), 20)}`).join('\n');
  return { url: nginx.url, redis, databaseUrl: postgres?.url, nodes, logs };
}
