/** What stands in Redis for a user: names, types and lifetimes. */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Identity, SessionStore } from '../../src/service/ports.ts';
import { createKeys } from '../../src/store/keys.ts';
import type { RedisCommands } from '../../src/store/redis-commands.ts';
import { createRedisSessionStore } from '../../src/store/redis-session-store.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { commandsOn, connect } from '../support/session-stores.ts';

const DEFAULTS = { presenceTtlMs: 30_000, sessionTtlMs: 600_000, tokenTtlMs: 86_400_000, closeGraceMs: 5_000 };
const USER = '테스터';
const identity: Identity = { userId: USER, sid: 'sid-1', expiresAtMs: Date.now() + 1_000 };
const CERTAIN = { certainUntilMs: async () => Number.MAX_SAFE_INTEGER, beat: async () => undefined };

describe('the keys of a user', () => {
  let server: TestRedis;
  let redis: Redis;
  let sessions: SessionStore;
  const calls: string[] = [];
  beforeAll(async () => {
    server = await startRedis();
    redis = await connect(server.url);
    const commands = recording(commandsOn(redis), calls);
    sessions = createRedisSessionStore({
      commands,
      keys: createKeys('single'),
      guard: CERTAIN,
      oneServer: true,
      ...DEFAULTS,
    });
  });
  beforeEach(() => redis.flushall());
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  it('show an online user for 30 s and a session for 10 min after a claim', async () => {
    await sessions.claim(USER, 'sid-1');
    await sessions.enter(identity, 'room0001');
    expect(await redis.get(`user:${USER}:presence`)).toBe('online');
    expect(await redis.pttl(`user:${USER}:presence`)).toSatisfy((ttl: number) => ttl > 25_000 && ttl <= 30_000);
    expect(await redis.hgetall(`user:${USER}:session`)).toMatchObject({
      sid: 'sid-1',
      roomId: 'room0001',
      joinedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      used: '0',
    });
    expect(await redis.pttl(`user:${USER}:session`)).toSatisfy((ttl: number) => ttl > 590_000 && ttl <= 600_000);
    expect(await redis.pttl(`user:${USER}:conns`)).toSatisfy((ttl: number) => ttl > 590_000 && ttl <= 600_000);
    expect(await redis.smembers(`user:${USER}:rooms`)).toEqual(['room0001']);
  });

  it('hold one deadline for each connection, and presence ends with the latest', async () => {
    await sessions.claim(USER, 'sid-1');
    await sessions.open(identity, 'c1');
    await sessions.open(identity, 'c2');
    await sessions.close({ ...identity, connectionId: 'c1' }, 5_000);
    expect(await redis.zrange(`user:${USER}:conns`, '0', '-1')).toEqual(['closing:c1', 'c2']);
    expect(await redis.pttl(`user:${USER}:presence`)).toBeGreaterThan(25_000);
    await sessions.close({ ...identity, connectionId: 'c2' }, 5_000);
    expect(await redis.pttl(`user:${USER}:presence`)).toSatisfy((ttl: number) => ttl > 3_000 && ttl <= 5_000);
  });

  it('tell the room a user was in before a join that was refused, and the next one once it was left', async () => {
    const placeOf = () => redis.hmget(`user:${USER}:session`, 'roomId', 'joinedAt');
    await sessions.claim(USER, 'sid-1');
    await sessions.enter(identity, 'room0001');
    const first = await placeOf();
    await sessions.enter(identity, 'room0002');
    const second = await placeOf();
    expect([first[0], second[0]]).toEqual(['room0001', 'room0002']);
    const unknown = await sessions.enter(identity, 'unknown1');
    const again = await sessions.enter(identity, 'unknown1');
    await sessions.withdraw(unknown, 'unknown1');
    await sessions.withdraw(again, 'unknown1');
    expect(await placeOf()).toEqual(second);
    const stamp = await sessions.exit(USER, 'room0002', 'left');
    await sessions.settle({ roomId: 'room0002', stamp, leave: 'left' });
    expect(await placeOf()).toEqual(first);
    await sessions.forget(USER, 'room0001');
    expect(await placeOf()).toEqual([null, null]);
  });

  it('are looked at again once no join can be on its way, where a room may not know the user yet', async () => {
    await sessions.claim(USER, 'sid-1');
    await sessions.open(identity, 'c1');
    await sessions.enter(identity, 'room0001');
    await sessions.close({ ...identity, connectionId: 'c1' }, 0);
    const { nextMs, pending } = await sessions.lapse([USER]);
    expect(pending).toMatchObject([{ roomId: 'room0001', stamp: { status: 'offline' } }]);
    expect((nextMs[0] ?? 0) - Date.now()).toSatisfy((ms: number) => ms > 4_000 && ms <= 6_000);
    for (const effect of pending) await sessions.settle(effect);
    expect(((await sessions.lapse([USER])).nextMs[0] ?? 0) - Date.now()).toBeGreaterThan(590_000);
  });

  it('keep a session that ended revoked for as long as any of its tokens may live', async () => {
    await sessions.claim(USER, 'sid-1');
    await sessions.end(identity);
    expect(await redis.pttl('revoked:sid-1')).toBeGreaterThan(86_000_000);
    expect((await redis.keys('user:*')).sort()).toEqual([]);
  });

  it('are all gone once the user was settled, but for the hints', async () => {
    await sessions.claim(USER, 'sid-1');
    await sessions.open(identity, 'c1');
    await sessions.enter(identity, 'room0001');
    const { pending } = await sessions.end(identity);
    expect(await redis.hgetall(`user:${USER}:pending`)).toEqual({
      room0001: expect.stringMatching(/^leave:left@\d+$/),
    });
    for (const effect of pending) await sessions.settle(effect);
    expect(await redis.keys('user:*')).toEqual([]);
  });

  it('keep the look of a name from others for as long as a token of its session may live', async () => {
    await sessions.claim('Anna', 'sid-1');
    expect(await redis.get('name:anna')).toBe('Anna');
    expect(await redis.pttl('name:anna')).toSatisfy((ttl: number) => ttl > 86_400_000 && ttl <= 87_000_000);
  });

  it('say when a session was ended, for as long as a token of it may live', async () => {
    await sessions.claim(USER, 'sid-1');
    await sessions.end(identity);
    expect(Number(await redis.get('revoked:sid-1'))).toBeGreaterThan(Date.now() - 60_000);
    expect(await redis.pttl('revoked:sid-1')).toSatisfy((ttl: number) => ttl > 86_000_000 && ttl <= 86_400_000);
  });

  it('keep the log-out of a session of another issuer for as long as a token of that issuer may live', async () => {
    const siblingsUntilMs = Date.now() + 7 * 86_400_000;
    await sessions.end({ ...identity, foreign: { token: 'eyJ', userSid: 'u', siblingsUntilMs } });
    expect(await redis.pttl('revoked:sid-1')).toSatisfy((ttl: number) => ttl > 604_000_000 && ttl <= 604_800_000);
  });

  it('take few commands: 35 renewals of one turn are two', async () => {
    const users = Array.from({ length: 35 }, (_, i) => ({ ...identity, userId: `user${i}`, sid: `sid-${i}` }));
    await Promise.all(users.map((user) => sessions.open(user, 'c1')));
    calls.length = 0;
    await sessions.renew(users.map((user) => ({ ...user, connectionId: 'c1' })));
    expect(calls.sort()).toEqual(['mget', 'user_renew']);
  });
});

/** Notes the name of each script and command. */
function recording(commands: RedisCommands, calls: string[]): RedisCommands {
  return {
    ...commands,
    run(script, keys, args) {
      calls.push(script.name);
      return commands.run(script, keys, args);
    },
    pipeline(plain) {
      calls.push(...plain.map(([name]) => name));
      return commands.pipeline(plain);
    },
  };
}
