/** Removing a member, as the memory store and the scripts on a real Redis both do it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomStore } from '../../src/service/ports.ts';
import { HOST, makeRoom, ROOM_STORES, type RoomsUnderTest, stampOf } from '../support/room-stores.ts';

describe.each(Object.entries(ROOM_STORES))('a removal in %s', (_name, open) => {
  let under: RoomsUnderTest;
  let rooms: RoomStore;
  beforeAll(async () => {
    under = await open();
    rooms = under.rooms;
  });
  afterAll(() => under.close());

  const code = (expected: string) => expect.objectContaining({ code: expected });
  const join = (roomId: string, userId: string, revision = 10) =>
    rooms.join(roomId, stampOf(userId, revision), 'secret');
  const send = (roomId: string, userId: string, clientMsgId: string) =>
    rooms.append({ roomId, userId, text: clientMsgId, clientMsgId });

  it('ends the membership at once: no send, no page, no read mark', async () => {
    const roomId = await makeRoom(rooms);
    await join(roomId, 'mina#1234');
    const before = await send(roomId, 'mina#1234', 'm1');
    await rooms.markRead(roomId, 'mina#1234', 1);
    expect(await rooms.remove(roomId, HOST, 'mina#1234')).toBe('removed');
    await expect(send(roomId, 'mina#1234', 'm2')).rejects.toEqual(code('NOT_A_MEMBER'));
    await expect(rooms.page({ roomId, userId: 'mina#1234', limit: 1 })).rejects.toEqual(code('NOT_A_MEMBER'));
    await expect(rooms.markRead(roomId, 'mina#1234', 1)).rejects.toEqual(code('NOT_A_MEMBER'));
    expect(await send(roomId, 'mina#1234', 'm1')).toEqual({ ...before, duplicate: true });
    expect(await rooms.snapshot(roomId)).toMatchObject({
      members: ['host'],
      reads: {},
      removed: ['mina#1234'],
      rev: 3,
    });
  });

  it('is told to the room once, however often it is asked for', async () => {
    const roomId = await makeRoom(rooms);
    await join(roomId, 'mina');
    expect(await rooms.remove(roomId, HOST, 'mina')).toBe('removed');
    expect(await rooms.remove(roomId, HOST, 'mina')).toBe('kept_out');
    const at = expect.stringMatching(/^epoch001\.[0-9a-f]{8}-0$/);
    expect((await under.published(roomId)).slice(1)).toEqual([
      { type: 'left', userId: 'mina', reason: 'removed', roomId, rev: 3, at },
    ]);
  });

  it('keeps the user out, whatever revision their join carries and with the invite', async () => {
    const roomId = await makeRoom(rooms, { isPrivate: true });
    await join(roomId, 'mina');
    await rooms.remove(roomId, HOST, 'mina');
    await expect(join(roomId, 'mina', 99)).rejects.toEqual(code('FORBIDDEN'));
    expect(await rooms.join(roomId, stampOf('mina', 99), 'wrong')).toBe('absent');
    expect(await rooms.announce(roomId, stampOf('mina', 99))).toBe('not_member');
    expect(await join(roomId, 'jun')).toMatchObject({ members: ['host', 'jun'] });
  });

  it('of somebody who is not there keeps them out as well', async () => {
    const roomId = await makeRoom(rooms);
    expect(await rooms.remove(roomId, HOST, 'mina')).toBe('kept_out');
    await expect(join(roomId, 'mina')).rejects.toEqual(code('FORBIDDEN'));
    expect(await under.published(roomId)).toEqual([]);
  });

  it('is for the session that made the room, not for whoever has its name', async () => {
    const roomId = await makeRoom(rooms);
    await join(roomId, 'mina');
    await join(roomId, 'jun');
    for (const by of [
      { userId: 'mina', sid: HOST.sid },
      { userId: 'host', sid: 'another' },
      { userId: 'x', sid: '' },
    ]) {
      expect(await rooms.remove(roomId, by, 'jun')).toBe('forbidden');
    }
    expect(await rooms.remove(roomId, HOST, 'host')).toBe('creator');
    expect(await rooms.snapshot(roomId)).toMatchObject({ members: ['host', 'jun', 'mina'], removed: [] });
  });

  it('in a private room is asked for in vain by a stranger, as if there were no room', async () => {
    const roomId = await makeRoom(rooms, { isPrivate: true });
    await join(roomId, 'mina');
    expect(await rooms.remove(roomId, { userId: 'x', sid: 's' }, 'mina')).toBe('absent');
    expect(await rooms.remove('nowhere1', { userId: 'x', sid: 's' }, 'mina')).toBe('absent');
    expect(await rooms.remove(roomId, { userId: 'mina', sid: 's' }, 'host')).toBe('forbidden');
  });

  it('is remembered for the last 1 000 people', async () => {
    const roomId = await makeRoom(rooms);
    for (let i = 0; i < 1_005; i++) await rooms.remove(roomId, HOST, `u${i}`);
    const removed = (await rooms.snapshot(roomId))?.removed ?? [];
    expect(removed).toHaveLength(1_000);
    expect(removed).toContain('u1004');
    await expect(join(roomId, 'u1004')).rejects.toEqual(code('FORBIDDEN'));
  });
});
