import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { IdempotencyStore } from '../../src/service/edge-ports.ts';
import { createRedisCommands, RedisUnavailable } from '../../src/store/redis-commands.ts';
import { connectRedis } from '../../src/store/redis-connection.ts';
import { createRedisIdempotencyStore } from '../../src/store/redis-idempotency-store.ts';
import { createRedisQuota } from '../../src/store/redis-quota.ts';
import { createMemoryIdempotencyStore } from '../support/http-fakes.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let server: TestRedis;
let redis: Redis;

async function connected(): Promise<Redis> {
  const connection = connectRedis('commands', { url: server.url, nodeId: 'n1', timeoutMs: 1_000, onError: () => {} });
  if (connection.status !== 'ready') await once(connection, 'ready');
  return connection;
}

beforeAll(async () => {
  server = await startRedis();
  redis = await connected();
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
});

const makers: Record<string, () => IdempotencyStore> = {
  memory: createMemoryIdempotencyStore,
  redis: () => createRedisIdempotencyStore(createRedisCommands(redis, () => {})),
};

describe.each(Object.entries(makers))('an idempotency store in %s', (_name, make) => {
  test('gives a key to one of many who ask at once', async () => {
    const store = make();
    const states = await Promise.all(Array.from({ length: 10 }, () => store.begin('k', 'print')));
    expect(states.filter(({ status }) => status === 'fresh')).toHaveLength(1);
    expect(states.filter(({ status }) => status === 'running')).toHaveLength(9);
  });

  test('answers the same request with the first answer, and another one not at all', async () => {
    const store = make();
    await store.begin('k', 'print');
    await store.finish('k', 'print', '{"text":"안녕"}');
    expect(await store.begin('k', 'print')).toEqual({ status: 'done', answer: '{"text":"안녕"}' });
    expect(await store.begin('k', 'other')).toEqual({ status: 'mismatch' });
    expect(await store.begin('k2', 'other')).toEqual({ status: 'fresh' });
  });

  test('gives a key out again once it was given back', async () => {
    const store = make();
    await store.begin('k', 'print');
    await store.abandon('k');
    expect(await store.begin('k', 'other')).toEqual({ status: 'fresh' });
  });
});

describe('in Redis', () => {
  test('a key that is held and an answer that is kept both end by themselves', async () => {
    const store = createRedisIdempotencyStore(createRedisCommands(redis, () => {}));
    await store.begin('k', 'print');
    const heldMs = await redis.pttl('idempotency:k');
    expect(heldMs).toBeGreaterThan(0);
    expect(heldMs).toBeLessThanOrEqual(30_000);
    await store.finish('k', 'print', '{}');
    const keptMs = await redis.pttl('idempotency:k');
    expect(keptMs).toBeGreaterThan(30_000);
    expect(keptMs).toBeLessThanOrEqual(600_000);
  });

  test('a key whose request died is free again', async () => {
    const commands = createRedisCommands(redis, () => {});
    const store = createRedisIdempotencyStore(commands, { claimMs: 20, answerMs: 1_000 });
    await store.begin('k', 'print');
    await vi.waitFor(async () => expect(await store.begin('k', 'print')).toEqual({ status: 'fresh' }));
  });
});

const limited: string[] = [];

/** Quotas in which a name costs what a room does; 10.9.9.9 is not counted. */
function quotaOn(client: Redis, perMinute: number) {
  return createRedisQuota({
    redis: client,
    roomsPerMinute: perMinute,
    namesPerMinute: perMinute,
    roomsPerUser: 100,
    keyOf: (address) => (address === '10.9.9.9' ? null : address),
    count: (limit) => void limited.push(limit),
  });
}

describe('the quotas', () => {
  test('lets so many a minute through per address, over all nodes, and says when to come back', async () => {
    const other = await connected();
    const nodes = [quotaOn(redis, 3), quotaOn(other, 3)];
    await nodes[0]?.takeRoomOfAddress('10.0.0.1');
    await nodes[1]?.takeRoomOfAddress('10.0.0.1');
    await nodes[0]?.takeRoomOfAddress('10.0.0.1');
    const refusal = await nodes[1]?.takeRoomOfAddress('10.0.0.1').catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: expect.any(Number) } });
    expect(Object(refusal).details.retryAfterMs).toBeLessThanOrEqual(60_000);
    await nodes[1]?.takeRoomOfAddress('10.0.0.2');
    other.disconnect();
  });

  test('lets a user make a hundred', async () => {
    const quota = quotaOn(redis, 1);
    for (let i = 0; i < 100; i++) await quota.takeRoomOfUser('홍길동');
    await expect(quota.takeRoomOfUser('홍길동')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(await redis.pttl('quota:rooms:user:홍길동')).toBeGreaterThan(0);
  });

  test('count names apart from rooms, name the limit that was reached, and let some addresses pass', async () => {
    const quota = quotaOn(redis, 1);
    limited.length = 0;
    for (let i = 0; i < 3; i++) await quota.takeName('10.9.9.9');
    await quota.takeName('10.0.0.4');
    await quota.takeRoomOfAddress('10.0.0.4');
    await expect(quota.takeName('10.0.0.4')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await expect(quota.takeRoomOfAddress('10.0.0.4')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(limited).toEqual(['names_address', 'rooms_address']);
  });

  test('counts on its own before Redis, which stands still, has failed a command', async () => {
    const quota = quotaOn(redis, 1);
    const failed = vi.fn();
    server.freeze();
    try {
      const ping = redis.ping().catch(failed);
      await quota.takeRoomOfAddress('10.0.0.8');
      await expect(quota.takeRoomOfAddress('10.0.0.8')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
      await quota.takeRoomOfUser('누구');
      expect(failed).not.toHaveBeenCalled();
      server.thaw();
      await ping;
    } finally {
      server.thaw();
    }
  });

  test('still counts, on its own, while Redis is away; the store says that it is', async () => {
    const quota = quotaOn(redis, 2);
    const store = createRedisIdempotencyStore(createRedisCommands(redis, () => {}));
    const lost = once(redis, 'close');
    await server.kill();
    await lost;
    await quota.takeRoomOfAddress('10.0.0.9');
    await quota.takeRoomOfAddress('10.0.0.9');
    await expect(quota.takeRoomOfAddress('10.0.0.9')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await expect(store.begin('k', 'print')).rejects.toBeInstanceOf(RedisUnavailable);
    const back = once(redis, 'ready');
    await server.start();
    await back;
    expect(await store.begin('k', 'print')).toEqual({ status: 'fresh' });
  });
});
