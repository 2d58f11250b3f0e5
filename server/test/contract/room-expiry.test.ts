/** Rooms that were made, used and left leave nothing behind. C2C_ROOMS raises their number from 100 to, say, 1 000. */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Identity } from '../../src/service/ports.ts';
import { createKeys } from '../../src/store/keys.ts';
import { createRedisRoomStore } from '../../src/store/redis-room-store.ts';
import { createRedisSessionStore } from '../../src/store/redis-session-store.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { HOST, makeRoom, RATE, stampOf } from '../support/room-stores.ts';
import { commandsOn, connect } from '../support/session-stores.ts';

const ROOMS = Number(process.env.C2C_ROOMS ?? 100);
const IDLE_MS = 3_000;
const AT_ONCE = 50;

describe('idle rooms', () => {
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = await connect(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  const openRooms = (idleTtlMs: number) => {
    const commands = commandsOn(redis);
    const options = { keys: createKeys('single'), publish: 'PUBLISH', idleTtlMs, logTtlMs: 86_400_000 } as const;
    return createRedisRoomStore({ commands, send: commands }, { ...options, ...RATE });
  };
  const keysWithoutEnd = async () => {
    const names = await redis.keys('room:*');
    const ttls = await Promise.all(names.map((name) => redis.pttl(name)));
    return names.filter((_, i) => ttls[i] === -1);
  };

  it('are gone with every key: those never entered, left, emptied by a removal, read or written to after that', async () => {
    const rooms = openRooms(IDLE_MS);
    const use = async (i: number) => {
      const roomId = await makeRoom(rooms, { isPrivate: i % 2 === 0 });
      if (i % 5 === 0) return;
      await rooms.join(roomId, stampOf('host', 2), '');
      await rooms.join(roomId, stampOf('guest', 3), 'secret');
      await rooms.append({ roomId, userId: 'guest', text: 'hi', clientMsgId: 'm1' });
      await rooms.markRead(roomId, 'guest', 1);
      await rooms.remove(roomId, HOST, 'another');
      await rooms.leave(roomId, stampOf('host', 4), 'left');
      if (i % 5 === 1) await rooms.remove(roomId, HOST, 'guest');
      else await rooms.leave(roomId, stampOf('guest', 5), 'expired');
      if (i % 5 === 2) await rooms.remove(roomId, HOST, 'late');
      if (i % 5 === 3) await rooms.leave(roomId, stampOf('stranger', 6), 'left');
      if (i % 5 === 4) await rooms.append({ roomId, userId: 'guest', text: 'hi', clientMsgId: 'm1' });
    };
    const all = Array.from({ length: ROOMS }, (_, i) => i);
    for (let i = 0; i < ROOMS; i += AT_ONCE) await Promise.all(all.slice(i, i + AT_ONCE).map(use));
    expect(await keysWithoutEnd()).toEqual([]);
    // Rates and marks of leavers live for up to a minute.
    const left = async () => (await redis.keys('room:*')).filter((name) => !name.endsWith(':rate'));
    await eventually(left, (names) => names.length === 0, IDLE_MS + 10_000);
    const rates = await redis.keys('room:*');
    const ttls = await Promise.all(rates.map((name) => redis.pttl(name)));
    expect(ttls.filter((ttl) => ttl > 60_000 || ttl === -1)).toEqual([]);
  });

  it('stay in nobody’s list where the node died between a removal and the list: it goes with the session', async () => {
    const rooms = openRooms(600_000);
    const sessions = createRedisSessionStore({
      ...{ commands: commandsOn(redis), keys: createKeys('single'), oneServer: true },
      ...{ presenceTtlMs: 100, sessionTtlMs: 300, tokenTtlMs: 60_000, closeGraceMs: 10 },
      guard: { certainUntilMs: async () => Number.MAX_SAFE_INTEGER },
    });
    const who: Identity = { userId: 'mina', sid: 's1', expiresAtMs: Date.now() + 60_000 };
    const roomId = await makeRoom(rooms);
    await sessions.claim('mina', 's1');
    await rooms.join(roomId, await sessions.enter(who, roomId), '');
    expect(await rooms.remove(roomId, HOST, 'mina')).toBe('removed');
    // Here the node dies. Nobody else knows.
    expect(await sessions.rooms('mina')).toEqual([roomId]);
    const { pending } = await eventually(
      () => sessions.lapse(['mina']),
      (looked) => looked.pending.some(({ leave }) => leave !== null),
    );
    for (const effect of pending) {
      expect(await rooms.leave(effect.roomId, effect.stamp, 'expired')).toBe('not_member');
      await sessions.settle(effect);
    }
    expect(await sessions.rooms('mina')).toEqual([]);
    await expect(rooms.join(roomId, stampOf('mina', Date.now() * 2_000), '')).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});
