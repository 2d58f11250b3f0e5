/** The Redis of a test's cluster: it can go away and come back with its data, and its logs can be read beside the nodes. */
import { Redis } from 'ioredis';
import { provide, REDIS } from '../../../deploy/local/services/provision.ts';
import { type Service, startRedis } from '../../../deploy/local/services/redis.ts';
import { freePort, HOME, ROOT, say } from './ground.ts';

/** See the file's sentence. */
export interface ClusterRedis {
  readonly url: string;
  /** SIGTERM: it writes what it has and goes. */
  kill(): Promise<void>;
  /** Begins a new life on the same port with the same data. */
  revive(): Promise<void>;
}

/** Starts it in `dir`. */
export async function openRedis(dir: string): Promise<ClusterRedis> {
  const options = { dir, port: await freePort(), program: await provide(REDIS, { home: HOME, root: ROOT, say }) };
  let life: Service = await startRedis(options);
  return {
    url: life.url,
    kill: () => life.stop(),
    async revive() {
      life = await startRedis(options);
    },
  };
}

/** The texts of a room's log, oldest first, as Redis holds them. */
export function textsInLog(redisUrl: string, roomId: string): Promise<string[]> {
  return asking(redisUrl, async (redis) => {
    const entries = await redis.xrange(`room:${roomId}:log`, '-', '+');
    return entries.map(([, fields]) => textOf(fields[fields.indexOf('data') + 1]));
  });
}

/** The ids of a user's connections, those that closed a moment ago among them. */
export function connectionsOf(redisUrl: string, userId: string): Promise<string[]> {
  return asking(redisUrl, (redis) => redis.zrange(`user:${userId}:conns`, '0', '-1'));
}

/** The nodes a user is connected to: ids of connections begin with the node's name. */
export async function nodesOf(redisUrl: string, userId: string): Promise<string[]> {
  const connections = await connectionsOf(redisUrl, userId);
  return [...new Set(connections.map((id) => id.split('.')[0] ?? id))];
}

async function asking<T>(redisUrl: string, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(redisUrl);
  try {
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}

function textOf(data = '{}'): string {
  const message: unknown = JSON.parse(data);
  return typeof message === 'object' && message !== null && 'text' in message ? String(message.text) : data;
}
