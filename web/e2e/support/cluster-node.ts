/** One node of a test's cluster: a process that can be killed, asked to go, and begun again. */
import { join } from 'node:path';
import { type NodeOptions, startNode } from '../../../deploy/local/services/node.ts';
import type { Service } from '../../../deploy/local/services/redis.ts';
import { freePort, ROOT } from './ground.ts';

/** Its name and port stay the same over its lives. */
export interface ClusterNode {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  /** SIGKILL: it is gone at once. */
  kill(): Promise<void>;
  /** SIGTERM: it drains and ends. */
  terminate(): Promise<void>;
  /** Begins a new life; resolves when it is ready. */
  revive(): Promise<void>;
}

/** Where its log goes, which services it uses, and what its environment has beside the defaults. */
export type NodeGround = {
  folder: string;
  redisUrl: string;
  databaseUrl: string | undefined;
  env: Readonly<Record<string, string>>;
};

/** Starts a node and waits until it is ready. */
export async function openNode(name: string, { folder, ...ground }: NodeGround): Promise<ClusterNode> {
  const port = await freePort();
  const options: NodeOptions = {
    ...{ name, port, ...ground },
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
