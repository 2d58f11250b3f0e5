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

/** The ids of a user's connections; those that closed a moment ago still count, and begin with `closing:`. */
export function connectionsOf(redisUrl: string, userId: string): Promise<string[]> {
  return asking(redisUrl, (redis) => redis.zrangebyscore(`user:${userId}:conns`, Date.now(), '+inf'));
}

/** The nodes a user is connected to: ids of connections begin with the node's name. */
export async function nodesOf(redisUrl: string, userId: string): Promise<string[]> {
  const connections = await connectionsOf(redisUrl, userId);
  const open = connections.filter((id) => !id.startsWith('closing:'));
  return [...new Set(open.map((id) => id.split('.')[0] ?? id))];
}

/** Takes a message out of the middle of a room's log, as if it had been lost. */
export async function loseMessage(redisUrl: string, roomId: string, seq: number): Promise<void> {
  await asking(redisUrl, (redis) => redis.xdel(`room:${roomId}:log`, `${seq}-0`));
}

/** Takes the oldest messages out of a room's log, up to `seq`, as happens to all in time. */
export async function loseMessages(redisUrl: string, roomId: string, seq: number): Promise<void> {
  await asking(redisUrl, (redis) => redis.xtrim(`room:${roomId}:log`, 'MINID', `${seq + 1}-0`));
}

/** Takes a whole room away, as if all had left long ago. */
export async function loseRoom(redisUrl: string, roomId: string): Promise<void> {
  await asking(redisUrl, async (redis) => redis.del(await redis.keys(`room:${roomId}:*`)));
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
