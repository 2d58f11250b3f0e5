/** A room's life in Redis: which keys there are, and how long each lives. */
import { afterAll, describe, expect, inject, it } from 'vitest';
import { openAdmin } from '../support/cluster.ts';
import { gatherPeople } from '../support/people.ts';
import { callApi, createRoom } from '../support/rest.ts';

const { urls, redisUrl } = inject('cluster');
const [first = '', second = ''] = urls;
const admin = openAdmin(redisUrl);
afterAll(() => admin.disconnect());

const IDLE_S = 600;
const DAY_S = 86_400;
const near = (seconds: number) => (ttl: number) => ttl > seconds - 60 && ttl <= seconds;

async function ttls(pattern: string): Promise<Record<string, number>> {
  const keys = (await admin.keys(pattern)).sort();
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await admin.ttl(key)] as const)));
}

describe('a room in Redis', () => {
  it('holds its creator with TTLs from creation', async () => {
    const people = gatherPeople();
    const name = people.nameOf('테스터');
    const { roomId } = await createRoom(first, name);

    expect(await admin.smembers(`room:${roomId}:members`)).toEqual([name]);
    expect(await admin.hgetall(`room:${roomId}:meta`)).toMatchObject({ seq: '0', creator: name });
    const room = await ttls(`room:${roomId}:*`);
    expect(Object.keys(room)).toEqual([`room:${roomId}:members`, `room:${roomId}:meta`, `room:${roomId}:states`]);
    expect(Object.values(room).every(near(IDLE_S))).toBe(true);
    expect(await admin.get(`user:${name}:presence`)).toBe('online');
    expect(await admin.ttl(`user:${name}:presence`)).toSatisfy((ttl: number) => ttl > 0 && ttl <= 30);
    expect(await admin.hgetall(`user:${name}:session`)).toMatchObject({ roomId, joinedAt: expect.any(String) });
    expect(await admin.ttl(`user:${name}:session`)).toSatisfy(near(IDLE_S));
  });

  it('loses its TTLs with a join, keeps the log a day, and gets them back with the last leave', async () => {
    const people = gatherPeople();
    const { roomId, token } = await createRoom(first, people.nameOf('방장'));
    const key = (part: string) => `room:${roomId}:${part}`;
    const owner = await people.connect('방장', { url: first, door: 'websocket', token });
    await owner.join(roomId);
    const guest = await people.connect('손님', { url: second, door: 'socketio' });
    await guest.join(roomId);
    await guest.send(roomId, '안녕');
    await guest.request('read', { roomId, seq: 1 });

    const alive = await ttls(key('*'));
    for (const part of ['members', 'meta', 'states', 'reads']) expect([part, alive[key(part)]]).toEqual([part, -1]);
    for (const part of ['log', 'dedupe:0']) expect(alive[key(part)]).toSatisfy(near(DAY_S));
    expect(alive[key('rate')]).toSatisfy(near(60));

    await owner.leave(roomId);
    expect(await admin.ttl(key('meta'))).toBe(-1);
    await guest.leave(roomId);
    const idle = await ttls(key('*'));
    expect(idle).not.toHaveProperty([key('members')]);
    for (const part of ['meta', 'log', 'dedupe:0'])
      expect([part, idle[key(part)]]).toEqual([part, expect.toSatisfy(near(IDLE_S))]);
    expect(Object.values(idle)).not.toContain(-1);

    await guest.join(roomId);
    const again = await ttls(key('*'));
    expect(again[key('meta')]).toBe(-1);
    for (const part of ['log', 'dedupe:0']) expect(again[key(part)]).toSatisfy(near(DAY_S));
    await guest.send(roomId, '다시');
    expect(guest.messages(roomId).at(-1) ?? (await guest.gets(roomId, '다시'))).toMatchObject({ seq: 2 });
  });

  it('says how it is by REST: active, idle while nobody is a member, then not found', async () => {
    const people = gatherPeople();
    const { roomId, token } = await createRoom(first, people.nameOf('방장'));
    const owner = await people.connect('방장', { url: first, door: 'websocket', token });
    await owner.join(roomId);
    const status = async () => (await callApi(`${second}/api/rooms/${roomId}`)).body.data;
    expect(await status()).toMatchObject({ status: 'active', memberCount: 1 });
    await owner.leave(roomId);
    expect(await status()).toMatchObject({ status: 'idle', memberCount: 0, members: [] });
    expect((await callApi(`${second}/api/rooms/zzzzzzzz`)).status).toBe(404);
  });

  it('leaves no key without a TTL that must have one, and no key that the protocol does not name', async () => {
    const keys = await admin.keys('*');
    const immortal =
      /^(room:[a-z0-9]{8}:(meta|members|states|reads|removed)|user:.+:(rooms|pending)|presence:due:\d+)$/;
    const named =
      /^(room:[a-z0-9]{8}:(members|meta|log|dedupe:[01]|states|reads|removed|rate)|user:.+:(presence|session|conns|rooms|pending)|presence:(due:\d+|last|resumedAt|walk:\w+)|revoked:.+|name:.+)$/;
    const wrong: string[] = [];
    for (const key of keys) {
      const ttl = await admin.ttl(key);
      if (ttl === -1 && !immortal.test(key)) wrong.push(`${key} has no TTL`);
      if (!named.test(key) && !/quota|idempotency/.test(key)) wrong.push(`${key} is no key of the protocol`);
      const [, roomId] = /^room:([a-z0-9]{8}):meta$/.exec(key) ?? [];
      if (roomId && ttl === -1 && (await admin.scard(`room:${roomId}:members`)) === 0)
        wrong.push(`${key} lives without members`);
    }
    expect(wrong).toEqual([]);
  });
});
