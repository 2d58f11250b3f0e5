/** What stands in Redis for a user: names, types, lifetimes, and that no script needs two slots of a cluster. */
import calculateSlot from 'cluster-key-slot';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Identity, PendingEffect, SessionStore } from '../../src/service/ports.ts';
import { createKeys } from '../../src/store/keys.ts';
import { createRedisAbsenceGuard } from '../../src/store/redis-absence.ts';
import type { PlainCommand, RedisCommands } from '../../src/store/redis-commands.ts';
import { createRedisSessionStore } from '../../src/store/redis-session-store.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { commandsOn, connect } from '../support/session-stores.ts';

const DEFAULTS = { presenceTtlMs: 30_000, sessionTtlMs: 600_000, tokenTtlMs: 86_400_000, closeGraceMs: 5_000 };
const USER = '테스터';
const identity: Identity = { userId: USER, sid: 'sid-1', expiresAtMs: Date.now() + 1_000 };
type Call = { name: string; keys: readonly string[] };
const CERTAIN = { certainUntilMs: async () => Number.MAX_SAFE_INTEGER, beat: async () => undefined };

describe('the keys of a user', () => {
  let server: TestRedis;
  let redis: Redis;
  let sessions: SessionStore;
  const calls: Call[] = [];
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

  it('take few commands: 50 renewals of one turn are two', async () => {
    const users = Array.from({ length: 50 }, (_, i) => ({ ...identity, userId: `user${i}`, sid: `sid-${i}` }));
    await Promise.all(users.map((user) => sessions.open(user, 'c1')));
    calls.length = 0;
    await sessions.renew(users.map((user) => ({ ...user, connectionId: 'c1' })));
    expect(calls.map(({ name }) => name).sort()).toEqual(['mget', 'user_renew']);
  });

  it('lie in one slot for every script as it is called on a cluster', async () => {
    calls.length = 0;
    const commands = recording(commandsOn(redis), calls);
    const keys = createKeys('cluster');
    const guard = createRedisAbsenceGuard({
      commands,
      keys,
      renewIntervalMs: 1,
      certaintyMs: 60_000,
      monotonicMs: () => performance.now(),
    });
    const store = createRedisSessionStore({
      ...DEFAULTS,
      ...{ commands, keys, oneServer: false, closeGraceMs: 10, presenceTtlMs: 50, sessionTtlMs: 200 },
      guard: {
        ...guard,
        certainUntilMs: async () => ((await guard.certainUntilMs()) >= 0 ? Number.MAX_SAFE_INTEGER : 0),
      },
    });
    const people = ['가', '나', '다'].map((userId, i) => ({ ...identity, userId, sid: `s${i}` }));
    await Promise.all(people.map((who) => everyCall(store, who)));
    expect(new Set(calls.map(({ name }) => name))).toEqual(
      new Set([
        ...[
          'user_claim',
          'user_close',
          'user_disown',
          'user_end',
          'user_enter',
          'user_exit',
          'user_forget',
          'user_lapse',
          'user_open',
        ],
        ...['user_renew', 'user_settle', 'user_touch', 'user_withdraw', 'due_hint', 'due_take', 'due_move'],
        'name_hold',
        ...['time', 'get', 'set', 'exists', 'smembers', 'sismember', 'scan'],
      ]),
    );
    for (const { name, keys: used } of calls) {
      expect([name, new Set(used.map((key) => calculateSlot(key))).size]).toEqual([name, used.length === 0 ? 0 : 1]);
    }
  });
});

/** Calls every method of the store once. */
async function everyCall(store: SessionStore, who: Identity): Promise<void> {
  const connection = { ...who, connectionId: 'c1' };
  const settle = async (pending: readonly PendingEffect[]) => {
    for (const effect of pending) await store.settle(effect);
  };
  await store.claim(who.userId, who.sid);
  for (const spaces of [' ', '  ']) await store.claim(`${who.userId}${spaces}b`, who.sid);
  await store.open(who, 'c1');
  await store.touch(who);
  await store.prolong(who);
  await store.enter(who, 'room0001');
  await store.renew([connection]);
  await store.exit(who.userId, 'room0001', 'left');
  await store.close(connection, 0);
  await store.forget(who.userId, 'room0001');
  await store.withdraw(await store.enter(who, 'room0003'), 'room0003');
  await store.enter(who, 'room0002');
  await store.lapse([who.userId]);
  await store.rooms(who.userId);
  await store.disown('room0009', [who.userId]);
  await store.restoreHints();
  const hints = await eventually(
    () => store.due(100),
    (due) => due.length > 0,
  );
  await store.reschedule(hints.map((hint) => ({ ...hint, nextMs: 1 })));
  await settle((await store.end(who)).pending);
}

function recording(commands: RedisCommands, calls: Call[]): RedisCommands {
  const keysOf = ([name, ...args]: PlainCommand): readonly string[] => {
    if (name === 'time' || name === 'scan') return [];
    return (name === 'exists' || name === 'mget' ? args : args.slice(0, 1)).map(String);
  };
  return {
    ...commands,
    run(script, keys, args) {
      calls.push({ name: script.name, keys });
      return commands.run(script, keys, args);
    },
    pipeline(plain) {
      for (const command of plain) calls.push({ name: command[0], keys: keysOf(command) });
      return commands.pipeline(plain);
    },
  };
}
