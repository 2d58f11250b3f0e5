/** A small real cluster of a test's own: Redis, two built nodes, nginx, all on loopback. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, SERVER_BUILD } from '../../../deploy/local/cluster/build.ts';
import { anyFreePort } from '../../../deploy/local/process/ports.ts';
import { startNginx } from '../../../deploy/local/services/nginx.ts';
import { startNode } from '../../../deploy/local/services/node.ts';
import { startRedis } from '../../../deploy/local/services/redis.ts';

/** `freezeRedis` stops its process: connections stay open, nothing answers. */
export interface SmallCluster {
  readonly url: string;
  freezeRedis(): void;
  stop(): Promise<void>;
}

export const ROOT = join(import.meta.dirname, '../../..');
const JWT_SECRET = 'only-for-tests-0123456789-0123456789-abcdef';

/** Resolves when every node is ready and nginx listens. What was started ends with a failure. */
export async function startSmallCluster(): Promise<SmallCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'c2c-load-'));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    await ensureBuilt(SERVER_BUILD, { root: ROOT, home: join(ROOT, '.c2c'), say: () => undefined });
    const redis = await startRedis({ dir: join(folder, 'redis') });
    const thaw = () => process.kill(redis.pid, 'SIGCONT');
    ends.push(() => redis.stop(), thaw);
    const nodes = await Promise.all(
      ['n1', 'n2'].map(async (name) => {
        const port = await anyFreePort();
        const logFile = join(folder, `${name}.log`);
        const node = await startNode({ name, port, redisUrl: redis.url, jwtSecret: JWT_SECRET, logFile });
        ends.push(() => node.stop());
        return { name, port };
      }),
    );
    const webRoot = join(folder, 'page');
    mkdirSync(webRoot);
    const nginx = await startNginx({ port: await anyFreePort(), nodes, dir: join(folder, 'nginx'), webRoot });
    ends.push(() => nginx.stop());
    return { url: nginx.url, freezeRedis: () => void process.kill(redis.pid, 'SIGSTOP'), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
