/** On a Redis Cluster a script may touch one slot only: every script file is run there, and what it touched is looked at. */
import { readdirSync } from 'node:fs';
import calculateSlot from 'cluster-key-slot';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Identity } from '../../src/service/ports.ts';
import { createKeys } from '../../src/store/keys.ts';
import { createRedisAbsenceGuard } from '../../src/store/redis-absence.ts';
import { createRedisIdempotencyStore } from '../../src/store/redis-idempotency-store.ts';
import { createRedisQuota } from '../../src/store/redis-quota.ts';
import { createRedisRoomStore } from '../../src/store/redis-room-store.ts';
import { createRedisSessionStore } from '../../src/store/redis-session-store.ts';
import { loadScript } from '../../src/store/script.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type RedisMonitor, startMonitor } from '../support/redis-monitor.ts';
import { HOST, makeRoom, RATE, stampOf } from '../support/room-stores.ts';
import { commandsOn, connect } from '../support/session-stores.ts';

const SCRIPTS = readdirSync(new URL('../../src/store/scripts/', import.meta.url))
  .filter((file) => file.endsWith('.lua'))
  .map((file) => file.replace('.lua', ''))
  .sort();

/** The product's stores as they are on a cluster. */
function openStores(redis: Redis) {
  const commands = commandsOn(redis);
  const keys = createKeys('cluster');
  const guard = { certainUntilMs: async () => Number.MAX_SAFE_INTEGER, beat: async () => undefined };
  const times = { presenceTtlMs: 60_000, sessionTtlMs: 60_000, tokenTtlMs: 60_000, closeGraceMs: 10 };
  const lives = { idleTtlMs: 600_000, logTtlMs: 86_400_000 };
  return {
    rooms: createRedisRoomStore({ commands, send: commands }, { keys, publish: 'SPUBLISH', ...lives, ...RATE }),
    sessions: createRedisSessionStore({ commands, keys, guard, oneServer: false, ...times }),
    idempotency: createRedisIdempotencyStore(commands),
    absence: createRedisAbsenceGuard({
      ...{ commands, keys, renewIntervalMs: 1, certaintyMs: 1 },
      monotonicMs: () => performance.now(),
    }),
    quota: createRedisQuota({
      ...{ redis, roomsPerMinute: 10, roomsPerUser: 10, namesPerMinute: 10 },
      ...{ keyOf: (address) => address, count: () => undefined },
    }),
  };
}
type Stores = ReturnType<typeof openStores>;

let lastUser = 0;
function someone(): Identity {
  lastUser++;
  return { userId: `사람 ${lastUser}`, sid: `sid-${lastUser}`, expiresAtMs: Date.now() + 60_000 };
}

/** Somebody with a connection, in two rooms that nothing else knows. */
async function arrive({ sessions }: Stores): Promise<Identity> {
  const who = someone();
  await sessions.claim(who.userId, who.sid);
  await sessions.open(who, 'c1');
  await sessions.enter(who, 'room0001');
  await sessions.enter(who, 'room0002');
  return who;
}

async function filledRoom({ rooms }: Stores): Promise<string> {
  const roomId = await makeRoom(rooms, { title: '제목' });
  await rooms.join(roomId, stampOf('guest', 2), '');
  await rooms.append({ roomId, userId: 'guest', text: 'hi', clientMsgId: 'm1' });
  await rooms.markRead(roomId, 'guest', 1);
  return roomId;
}

/** What makes each script do all it can do. A new script needs a row. */
const ROWS: Readonly<Record<string, (stores: Stores) => Promise<unknown>>> = {
  append_message: async (stores) => {
    const roomId = await filledRoom(stores);
    await stores.rooms.append({ roomId, userId: 'guest', text: 'hi', clientMsgId: 'm1' });
    const idle = await makeRoom(stores.rooms);
    await stores.rooms.append({ roomId: idle, userId: 'host', text: 'hi' });
  },
  due_hint: ({ sessions }) => sessions.exit(someone().userId, 'room0001', 'left'),
  due_move: async ({ sessions }) => {
    await sessions.exit(someone().userId, 'room0001', 'left');
    const due = await eventually(
      () => sessions.due(1_000),
      (hints) => hints.length > 0,
    );
    await sessions.reschedule(due.map((hint, i) => ({ ...hint, nextMs: i % 2 })));
  },
  due_take: ({ sessions }) => sessions.due(1_000),
  name_hold: async ({ sessions }) => {
    const { userId, sid } = someone();
    for (const spaces of [' ', '  ']) await sessions.claim(`${userId}${spaces}b`, sid);
  },
  room_announce: async (stores) => stores.rooms.announce(await filledRoom(stores), stampOf('guest', 3, 'offline')),
  room_create: ({ rooms }) => makeRoom(rooms, { title: '제목', isPrivate: true }),
  room_join: async (stores) => {
    const roomId = await filledRoom(stores);
    await stores.rooms.join(roomId, stampOf('guest', 4, 'offline'), '');
    await stores.rooms.join(roomId, stampOf('another', 4), '');
  },
  room_leave: async (stores) => {
    const roomId = await filledRoom(stores);
    await stores.rooms.leave(roomId, stampOf('host', 9), 'left');
    await stores.rooms.leave(roomId, stampOf('guest', 9), 'expired');
  },
  room_page: async (stores) => stores.rooms.page({ roomId: await filledRoom(stores), userId: 'guest', limit: 5 }),
  room_read: async (stores) => stores.rooms.markRead(await filledRoom(stores), 'host', 1),
  room_remove: async (stores) => {
    const roomId = await filledRoom(stores);
    await stores.rooms.leave(roomId, stampOf('host', 9), 'left');
    await stores.rooms.remove(roomId, HOST, 'guest');
    await stores.rooms.remove(roomId, { userId: 'stranger', sid: '' }, 'guest');
  },
  room_snapshot: async (stores) => {
    await stores.rooms.snapshot(await filledRoom(stores));
    await stores.rooms.snapshot(await makeRoom(stores.rooms, { isPrivate: true }), 'stranger');
  },
  room_typing: async (stores) => stores.rooms.signal(await filledRoom(stores), 'guest'),
  user_claim: async ({ sessions }) => {
    const who = someone();
    await sessions.enter(who, 'room0001');
    await sessions.claim(who.userId, 'another');
    await sessions.claim(someone().userId, 'fresh');
  },
  user_close: async (stores) => stores.sessions.close({ ...(await arrive(stores)), connectionId: 'c1' }, 10),
  user_disown: async (stores) => stores.sessions.disown('room0003', [(await arrive(stores)).userId]),
  user_end: async (stores) => stores.sessions.end(await arrive(stores)),
  user_enter: async (stores) => stores.sessions.enter(await arrive(stores), 'room0001'),
  user_exit: async (stores) => stores.sessions.exit((await arrive(stores)).userId, 'room0001', 'left'),
  user_forget: async (stores) => stores.sessions.forget((await arrive(stores)).userId, 'room0002'),
  user_lapse: async (stores) => stores.sessions.lapse([(await arrive(stores)).userId, someone().userId]),
  user_open: async (stores) => stores.sessions.open(await arrive(stores), 'c2'),
  user_renew: async (stores) => stores.sessions.renew([{ ...(await arrive(stores)), connectionId: 'c1' }]),
  user_settle: async (stores) => {
    const who = await arrive(stores);
    const stamp = await stores.sessions.exit(who.userId, 'room0002', 'left');
    await stores.sessions.settle({ roomId: 'room0002', stamp, leave: 'left' });
  },
  user_touch: async (stores) => {
    await stores.sessions.touch(await arrive(stores));
    await stores.sessions.touch(someone());
  },
  user_withdraw: async (stores) => {
    const who = await arrive(stores);
    await stores.sessions.withdraw(await stores.sessions.enter(who, 'room0003'), 'room0003');
  },
};

describe('on a Redis Cluster', () => {
  let server: TestRedis;
  let redis: Redis;
  let monitor: RedisMonitor;
  let stores: Stores;
  beforeAll(async () => {
    server = await startRedis({ args: ['--cluster-enabled', 'yes'] });
    redis = await connect(server.url);
    await redis.cluster('ADDSLOTSRANGE', 0, 16_383);
    await eventually(
      () => redis.cluster('INFO'),
      (info) => info.includes('cluster_state:ok'),
    );
    monitor = await startMonitor(server.url);
    stores = openStores(redis);
  });
  afterAll(async () => {
    monitor.close();
    redis.disconnect();
    await server.stop();
  });

  const slotsOf = (names: readonly string[]) => [...new Set(names.map((name) => calculateSlot(name)))];

  it('every script file is run by this test', () => {
    expect(Object.keys(ROWS).sort()).toEqual(SCRIPTS);
  });

  it.each(SCRIPTS)('%s touches keys and a channel of one slot, and only those it declares', async (name) => {
    // The first time brings the script to the server.
    await ROWS[name]?.(stores);
    await monitor.runs();
    await ROWS[name]?.(stores);
    const runs = await monitor.runs();
    const own = runs.filter(({ sha }) => sha === loadScript(name).sha);
    expect(own.length).toBeGreaterThan(0);
    for (const { declared, touched } of own) {
      expect(touched.length).toBeGreaterThan(declared.length);
      expect(touched.filter((key) => !declared.includes(key))).toEqual([]);
    }
    for (const run of runs) expect([run, slotsOf(run.touched).length <= 1]).toEqual([run, true]);
  });

  it('plain commands need one slot each as well', async () => {
    const roomId = await filledRoom(stores);
    await monitor.runs();
    const who = await arrive(stores);
    await stores.rooms.marks([roomId, roomId]);
    await stores.rooms.range(roomId, 1, 10);
    await stores.rooms.overview(roomId, 'guest');
    for await (const _ of stores.rooms.walkMembers());
    await stores.sessions.rooms(who.userId);
    await stores.sessions.restoreHints();
    await stores.sessions.end(who);
    await stores.idempotency.begin('key', 'fingerprint');
    await stores.idempotency.finish('key', 'fingerprint', 'answer');
    await stores.idempotency.abandon('key');
    await stores.absence.beat();
    await stores.absence.certainUntilMs();
    await stores.quota.takeRoomOfAddress('127.0.0.1');
    await stores.quota.takeName('127.0.0.1');
    await stores.quota.takeRoomOfUser(who.userId);
    const runs = await monitor.runs();
    expect(runs.length).toBeGreaterThan(20);
    for (const run of runs) expect([run, slotsOf(run.touched).length <= 1]).toEqual([run, true]);
  });

  it('the names of a room, its channel, and those of a user are where the braces are', () => {
    const keys = createKeys('cluster');
    expect([keys.meta('abc12345'), keys.channel('abc12345'), keys.session('가#1234')]).toEqual([
      'room:{abc12345}:meta',
      'chan:{abc12345}',
      'user:{가#1234}:session',
    ]);
  });
});
