/** How many rooms an address and a user may make, and how many names an address may claim: counted in Redis for all nodes, per node while Redis is away. */
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { ChatError } from '../service/chat-error.ts';
import type { Quota } from '../service/edge-ports.ts';
import type { CountLimited, LimitName } from '../service/limit-ports.ts';

/** Rooms and names a minute and address, rooms a day and user. `keyOf` names who an address stands for; null is not counted. */
export type QuotaOptions = {
  redis: Redis;
  roomsPerMinute: number;
  roomsPerUser: number;
  namesPerMinute: number;
  keyOf(address: string): string | null;
  count: CountLimited;
};

const DAY_S = 86_400;
/** Counting is the smaller part of making a room: it must leave the time of a call to the rest. */
const PATIENCE_MS = 500;
/** After a silence Redis is left alone this long, so that one request does not wait for each of its counts. */
const PAUSE_MS = 1_000;

/** Quotas on the connection for commands. */
export function createRedisQuota({ redis, keyOf, count, ...limits }: QuotaOptions): Quota {
  const counting: Counting = { redis, silentUntilMs: 0, count };
  const rooms = { keyPrefix: 'quota:rooms:address', points: limits.roomsPerMinute, duration: 60 };
  const names = { keyPrefix: 'quota:names:address', points: limits.namesPerMinute, duration: 60 };
  const userRooms = { keyPrefix: 'quota:rooms:user', points: limits.roomsPerUser, duration: DAY_S };
  const takeRoom = createTake(counting, rooms, 'rooms_address');
  const takeName = createTake(counting, names, 'names_address');
  const ofAddress = (take: (key: string) => Promise<void>) => async (address: string) => {
    const key = keyOf(address);
    if (key !== null) await take(key);
  };
  return {
    takeRoomOfAddress: ofAddress(takeRoom),
    takeRoomOfUser: createTake(counting, userRooms, 'rooms_user'),
    takeName: ofAddress(takeName),
  };
}

type Bounds = { keyPrefix: string; points: number; duration: number };
/** What all quotas know of Redis, and who counts refusals. */
type Counting = { readonly redis: Redis; silentUntilMs: number; readonly count: CountLimited };

function createTake(counting: Counting, bounds: Bounds, limit: LimitName): (key: string) => Promise<void> {
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
      counting.count(limit);
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
