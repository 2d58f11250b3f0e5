/** After Redis was away nobody is taken for lapsed: the guard on a real Redis. */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKeys } from '../../src/store/keys.ts';
import { type AbsenceGuard, createRedisAbsenceGuard } from '../../src/store/redis-absence.ts';
import { createRedisSessionStore } from '../../src/store/redis-session-store.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { commandsOn, connect } from '../support/session-stores.ts';

const INTERVAL_MS = 200;

describe('the guard against an absence of Redis', () => {
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = await connect(server.url);
  });
  beforeEach(() => redis.flushall());
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** Looks at Redis each time it is asked. */
  function createGuard(): AbsenceGuard {
    let turn = 0;
    return createRedisAbsenceGuard({
      commands: commandsOn(redis),
      keys: createKeys('single'),
      renewIntervalMs: INTERVAL_MS,
      certaintyMs: 50,
      monotonicMs: () => (turn += 1_000),
    });
  }

  const nowMs = async () => {
    const [seconds, micros] = await redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  };

  it('is certain of nothing on a Redis that nobody has marked, until two intervals later', async () => {
    const guard = createGuard();
    const start = performance.now();
    expect(await guard.certainUntilMs()).toBe(0);
    expect(await redis.exists('presence:last', 'presence:resumedAt')).toBe(2);
    const certainUntil = await eventually(
      () => guard.certainUntilMs(),
      (value) => value > 0,
    );
    expect(performance.now() - start).toBeGreaterThanOrEqual(2 * INTERVAL_MS - 20);
    expect(certainUntil - (await nowMs())).toBeLessThanOrEqual(50);
  });

  it('is certain while others leave their mark', async () => {
    await redis.set('presence:last', await nowMs());
    expect(await createGuard().certainUntilMs()).toBeGreaterThan(0);
    expect(await redis.exists('presence:resumedAt')).toBe(0);
  });

  it('doubts when the last mark is older than one and a half intervals, and so does everybody after it', async () => {
    await redis.set('presence:last', (await nowMs()) - 1.6 * INTERVAL_MS);
    expect(await createGuard().certainUntilMs()).toBe(0);
    expect(await createGuard().certainUntilMs()).toBe(0);
    expect(Number(await redis.get('presence:last'))).toBeGreaterThan((await nowMs()) - INTERVAL_MS);
  });

  it('calls presence frozen while it is not certain, and once its last look is too old', async () => {
    let atMs = 0;
    const options = { commands: commandsOn(redis), keys: createKeys('single'), renewIntervalMs: INTERVAL_MS };
    const guard = createRedisAbsenceGuard({ ...options, certaintyMs: 50, monotonicMs: () => atMs });
    expect(guard.isFrozen()).toBe(true);
    await guard.beat();
    expect(guard.isFrozen()).toBe(true);
    await redis.del('presence:resumedAt');
    await guard.beat();
    expect(guard.isFrozen()).toBe(false);
    atMs += 101;
    expect(guard.isFrozen()).toBe(true);
  });

  it('bounds its marks to an hour', async () => {
    await createGuard().beat();
    expect(await redis.pttl('presence:last')).toBeGreaterThan(3_500_000);
    expect(await redis.pttl('presence:resumedAt')).toBeGreaterThan(3_500_000);
  });

  it('answers from memory for half of what a look is worth', async () => {
    await redis.set('presence:last', await nowMs());
    let now = 0;
    const guard = createRedisAbsenceGuard({
      commands: commandsOn(redis),
      keys: createKeys('single'),
      ...{ renewIntervalMs: INTERVAL_MS, certaintyMs: 5_000, monotonicMs: () => now },
    });
    const first = await guard.certainUntilMs();
    await redis.del('presence:last');
    now = 2_499;
    expect(await guard.certainUntilMs()).toBe(first);
    now = 2_500;
    expect(await guard.certainUntilMs()).toBe(0);
  });

  it('decides nothing by a script that ran later than its sender was certain', async () => {
    const guard = { certainUntilMs: async () => (await nowMs()) - 1, beat: async () => undefined };
    const times = { presenceTtlMs: 1, sessionTtlMs: 60_000, tokenTtlMs: 60_000, closeGraceMs: 1 };
    const parts = { commands: commandsOn(redis), keys: createKeys('single'), oneServer: true };
    const late = createRedisSessionStore({ ...parts, ...times, guard });
    const identity = { userId: 'user1', sid: 'sid-1', expiresAtMs: Date.now() + 60_000 };
    await late.open(identity, 'c1');
    await late.enter(identity, 'room0001');
    await eventually(
      () => redis.exists('user:user1:presence'),
      (found) => found === 0,
    );
    expect(await late.lapse(['user1'])).toEqual({ pending: [], nextMs: [null] });
    expect(await redis.hget('user:user1:session', 'status')).toBe('online');
  });

  it('rejects with SERVICE_UNAVAILABLE while Redis is away', async () => {
    const away = await connect(server.url);
    away.disconnect();
    const guard = createRedisAbsenceGuard({
      commands: commandsOn(away),
      keys: createKeys('single'),
      ...{ renewIntervalMs: INTERVAL_MS, certaintyMs: 50, monotonicMs: () => performance.now() },
    });
    await expect(guard.certainUntilMs()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});
