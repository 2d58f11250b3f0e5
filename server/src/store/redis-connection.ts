/** How this node connects to Redis: one set of options per role, each setting with the trap it avoids (docs/decisions/0004). */
import { type CommonRedisOptions, Redis } from 'ioredis';

/** `commands` runs scripts; `send` runs only the message script; `subscriber` hears channels; `adapter` serves Socket.IO's control plane. */
export type RedisRole = 'commands' | 'send' | 'subscriber' | 'adapter';

export type RedisConnectionOptions = {
  url: string;
  nodeId: string;
  /** Deadline of one command, ms. */
  timeoutMs: number;
  onError(role: RedisRole, error: Error): void;
};

type RoleOptions = Omit<CommonRedisOptions, 'replyMapping'>;

const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 2_000;
const ASK_EVERY_MS = 5_000;

/** Full jitter, so that nodes do not come back in step after Redis was away. */
export function retryDelayMs(attempt: number, random: () => number = Math.random): number {
  return Math.round(20 + random() * Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10)));
}

/** Opens a connection that never gives up and never resends what may already have run. */
export function connectRedis(role: RedisRole, options: RedisConnectionOptions): Redis {
  const redis = new Redis(options.url, { ...optionsFor(role, options), ...roleOptions(role, options) });
  // Without a listener ioredis prints to stderr; every reconnect attempt reports here.
  redis.on('error', (error: Error) => options.onError(role, error));
  if (role === 'adapter') keepAsking(redis);
  return redis;
}

/** Who only listens never learns that the other end is gone: an answer is asked for, and `socketTimeout` misses it. */
function keepAsking(redis: Redis): void {
  const timer = setInterval(() => {
    if (redis.status === 'ready') redis.ping().catch(() => undefined);
  }, ASK_EVERY_MS).unref();
  redis.once('end', () => clearInterval(timer));
}

function optionsFor(role: RedisRole, { nodeId }: RedisConnectionOptions): RoleOptions {
  return {
    connectionName: `c2c:${nodeId}:${role}`,
    protocol: 2,
    retryStrategy: (attempt) => retryDelayMs(attempt),
    connectTimeout: 3_000,
    // CLIENT SETINFO exists from Redis 7.2 on; before, a stall in its answer kept a client in `connect` for ever.
    disableClientInfo: true,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    keepAlive: 10_000,
  };
}

function roleOptions(role: RedisRole, { timeoutMs }: RedisConnectionOptions): RoleOptions {
  // The bus asks for a PONG every second: noticed within 3.5 s, heard again within 5 s.
  if (role === 'subscriber') return { autoResubscribe: false, socketTimeout: 2_500, maxRetriesPerRequest: 0 };
  if (role === 'adapter') return { autoResubscribe: false, maxRetriesPerRequest: 0, socketTimeout: 3_000 };
  return {
    commandTimeout: timeoutMs,
    socketTimeout: 3_000,
    maxRetriesPerRequest: 0,
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
}
