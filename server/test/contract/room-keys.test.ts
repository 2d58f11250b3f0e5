/** What stands in Redis for a room: types, lifetimes and rates. */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RoomStore } from '../../src/service/ports.ts';
import { createKeys } from '../../src/store/keys.ts';
import { createRedisRoomStore } from '../../src/store/redis-room-store.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { HOST, makeRoom, stampOf } from '../support/room-stores.ts';
import { commandsOn, connect } from '../support/session-stores.ts';

const OPTIONS = {
  publish: 'PUBLISH',
  idleTtlMs: 600_000,
  logTtlMs: 86_400_000,
  messageRate: 10,
  messageBurst: 3,
} as const;

describe('the keys of a room', () => {
  let server: TestRedis;
  let redis: Redis;
  let rooms: RoomStore;
  beforeAll(async () => {
    server = await startRedis();
    redis = await connect(server.url);
    const commands = commandsOn(redis);
    rooms = createRedisRoomStore({ commands, send: commands }, { ...OPTIONS, keys: createKeys('single') });
  });
  beforeEach(() => redis.flushall());
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  const lives = async () => {
    const names = (await redis.keys('room:*')).sort();
    const ttls = await Promise.all(names.map((name) => redis.ttl(name)));
    return Object.fromEntries(names.map((name, i) => [name.split(':').slice(2).join(':'), ttls[i]]));
  };
  const send = (roomId: string, clientMsgId: string) =>
    rooms.append({ roomId, userId: 'host', text: clientMsgId, clientMsgId });

  it('live 10 minutes from creation, and a message keeps them as long again', async () => {
    const roomId = await makeRoom(rooms, { title: '제목' });
    expect(await redis.smembers(`room:${roomId}:members`)).toEqual(['host']);
    expect(await lives()).toEqual({ members: 600, meta: 600, states: 600 });
    expect(await redis.hgetall(`room:${roomId}:meta`)).toMatchObject({
      epoch: 'epoch001',
      gens: expect.stringMatching(/^[0-9a-f]{8}:1$/),
      seq: '0',
      rev: '1',
      creator: 'host',
      title: '제목',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    await redis.expire(`room:${roomId}:meta`, 5);
    await send(roomId, 'm1');
    expect(await lives()).toEqual({ 'dedupe:0': 600, log: 600, members: 600, meta: 600, rate: 60, states: 600 });
  });

  it('have no end while somebody is a member, but for the log and what belongs to it', async () => {
    const roomId = await makeRoom(rooms);
    await send(roomId, 'm1');
    await rooms.join(roomId, stampOf('host', 2), '');
    expect(await lives()).toEqual({ 'dedupe:0': 86_400, log: 86_400, members: -1, meta: -1, rate: 60, states: -1 });
    await rooms.markRead(roomId, 'host', 1);
    expect(await lives()).toMatchObject({ reads: -1 });
  });

  it('end 10 minutes after the last member left, and a join takes that back', async () => {
    const roomId = await makeRoom(rooms);
    await rooms.join(roomId, stampOf('host', 2), '');
    await send(roomId, 'm1');
    await rooms.leave(roomId, stampOf('host', 3), 'left');
    expect(await lives()).toEqual({ 'dedupe:0': 600, log: 600, meta: 600, rate: 60 });
    await rooms.join(roomId, stampOf('guest', 4), '');
    expect(await lives()).toEqual({ 'dedupe:0': 86_400, log: 86_400, members: -1, meta: -1, rate: 60, states: -1 });
  });

  it('keep in mind who was removed as long as the room lives', async () => {
    const roomId = await makeRoom(rooms);
    await rooms.remove(roomId, HOST, 'mina');
    expect(await redis.smembers(`room:${roomId}:removed`)).toEqual(['mina']);
    expect(await lives()).toMatchObject({ removed: 600 });
    await rooms.join(roomId, stampOf('host', 2), '');
    expect(await lives()).toMatchObject({ meta: -1, removed: -1 });
    await rooms.remove(roomId, HOST, 'jun');
    expect(await lives()).toMatchObject({ meta: -1, removed: -1 });
    await rooms.leave(roomId, stampOf('host', 3), 'left');
    expect(await lives()).toMatchObject({ meta: 600, removed: 600 });
  });

  it('end 10 minutes after the last member was removed', async () => {
    const roomId = await makeRoom(rooms);
    await rooms.join(roomId, stampOf('guest', 2), '');
    await send(roomId, 'm1');
    await rooms.leave(roomId, stampOf('host', 3), 'left');
    await rooms.remove(roomId, HOST, 'guest');
    expect(await lives()).toEqual({ 'dedupe:0': 600, log: 600, meta: 600, rate: 60, removed: 600 });
  });

  it('hold messages as `<seq>-0` and dedupe entries by user and id', async () => {
    const roomId = await makeRoom(rooms);
    const { id, timestamp } = await send(roomId, 'm1');
    expect(await redis.xrange(`room:${roomId}:log`, '-', '+')).toEqual([
      ['1-0', ['type', 'msg', 'data', expect.stringContaining('"text":"m1"'), 'sum', expect.any(String)]],
    ]);
    expect(await redis.hgetall(`room:${roomId}:dedupe:0`)).toEqual({
      first: '1',
      'host/m1': expect.stringMatching(new RegExp(`^${id} ${timestamp} [0-9a-f]{16}$`)),
    });
  });

  it('let a user send a burst and then no faster than the rate; repeats cost nothing', async () => {
    const roomId = await makeRoom(rooms);
    for (const id of ['m1', 'm2', 'm3', 'm1', 'm2', 'm3']) await send(roomId, id);
    await expect(send(roomId, 'm4')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      details: { retryAfterMs: expect.toSatisfy((ms: number) => ms > 0 && ms <= 100) },
    });
    expect(await redis.xlen(`room:${roomId}:log`)).toBe(3);
  });

  it('of an earlier life go when a room is made under the same id', async () => {
    const roomId = await makeRoom(rooms);
    await send(roomId, 'm1');
    await redis.del(`room:${roomId}:meta`);
    const creator = stampOf('other', 5);
    const again = { roomId, epoch: 'epoch002', title: null, isPrivate: false, invite: '', creator, creatorSid: 's2' };
    await rooms.create(again);
    expect(await lives()).toEqual({ members: 600, meta: 600, states: 600 });
    expect(await rooms.create({ ...again, epoch: 'x' })).toBe('exists');
  });

  it('are refused as a whole when memory is short: nothing is half written', async () => {
    const roomId = await makeRoom(rooms);
    await send(roomId, 'm1');
    const before = await redis.hgetall(`room:${roomId}:meta`);
    await redis.config('SET', 'maxmemory', '1');
    await expect(send(roomId, 'm2')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await redis.config('SET', 'maxmemory', '0');
    expect(await redis.hgetall(`room:${roomId}:meta`)).toEqual(before);
    expect(await send(roomId, 'm2')).toMatchObject({ seq: 2, duplicate: false });
  });

  it('are found again by scripts after SCRIPT FLUSH', async () => {
    const roomId = await makeRoom(rooms);
    await redis.script('FLUSH');
    expect(await send(roomId, 'm1')).toMatchObject({ seq: 1 });
  });
});
