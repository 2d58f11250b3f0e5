/** How many rooms an address and a user may make: counted in Redis for all nodes, per node while Redis is away. */
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { ChatError } from '../service/chat-error.ts';
import type { RoomQuota } from '../service/edge-ports.ts';

/** `perMinute` rooms an address, `perUser` (100) rooms a user in the life of a token (a day). */
export type RoomQuotaOptions = { redis: Redis; perMinute: number; perUser?: number };

const DAY_S = 86_400;

/** Quotas on the connection for commands. */
export function createRedisRoomQuota({ redis, perMinute, perUser = 100 }: RoomQuotaOptions): RoomQuota {
  const byAddress = createLimiter(redis, { keyPrefix: 'quota:rooms:address', points: perMinute, duration: 60 });
  const byUser = createLimiter(redis, { keyPrefix: 'quota:rooms:user', points: perUser, duration: DAY_S });
  return {
    takeForAddress: (address) => take(byAddress, address),
    takeForUser: (userId) => take(byUser, userId),
  };
}

type Bounds = { keyPrefix: string; points: number; duration: number };

function createLimiter(redis: Redis, bounds: Bounds): RateLimiterRedis {
  return new RateLimiterRedis({ storeClient: redis, ...bounds, insuranceLimiter: new RateLimiterMemory(bounds) });
}

async function take(limiter: RateLimiterRedis, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    throw new ChatError('RATE_LIMITED', { retryAfterMs: Math.max(1, Math.ceil(refusal.msBeforeNext)) });
  }
}
