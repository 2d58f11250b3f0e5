/** How many rooms an address and a user may make: counted in Redis for all nodes, per node while Redis is away. */
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { ChatError } from '../service/chat-error.ts';
import type { RoomQuota } from '../service/edge-ports.ts';

/** `perMinute` rooms an address, `perUser` (100) rooms a user in the life of a token (a day). */
export type RoomQuotaOptions = { redis: Redis; perMinute: number; perUser?: number };

const DAY_S = 86_400;
/** Counting is the smaller part of making a room: it must leave the time of a call to the rest. */
const PATIENCE_MS = 500;
/** After a silence Redis is left alone this long, so that one request does not wait for each of its counts. */
const PAUSE_MS = 1_000;

/** Quotas on the connection for commands. */
export function createRedisRoomQuota({ redis, perMinute, perUser = 100 }: RoomQuotaOptions): RoomQuota {
  const counting: Counting = { redis, silentUntilMs: 0 };
  return {
    takeForAddress: createTake(counting, { keyPrefix: 'quota:rooms:address', points: perMinute, duration: 60 }),
    takeForUser: createTake(counting, { keyPrefix: 'quota:rooms:user', points: perUser, duration: DAY_S }),
  };
}

type Bounds = { keyPrefix: string; points: number; duration: number };
/** What both quotas know of Redis. */
type Counting = { readonly redis: Redis; silentUntilMs: number };

function createTake(counting: Counting, bounds: Bounds): (key: string) => Promise<void> {
  const shared = new RateLimiterRedis({ storeClient: counting.redis, rejectIfRedisNotReady: true, ...bounds });
  const own = new RateLimiterMemory(bounds);

  async function consume(key: string): Promise<void> {
    if (performance.now() < counting.silentUntilMs) return void (await own.consume(key));
    try {
      await withinPatience(shared.consume(key));
    } catch (error) {
      if (error instanceof RateLimiterRes) throw error;
      if (error instanceof Silence) counting.silentUntilMs = performance.now() + PAUSE_MS;
      await own.consume(key);
    }
  }

  return async (key) => {
    try {
      await consume(key);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      throw new ChatError('RATE_LIMITED', { retryAfterMs: Math.max(1, Math.ceil(refusal.msBeforeNext)) });
    }
  };
}

/** Redis did not answer in time. */
class Silence extends Error {}

async function withinPatience(counted: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Silence('Redis did not count in time')), PATIENCE_MS);
  });
  try {
    await Promise.race([counted, silence]);
  } finally {
    clearTimeout(timer);
  }
}
