/** Joining and leaving as the use cases do it, over both kinds of stores: a user's list and the room agree afterwards. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinRoom } from '../../src/service/join-room.ts';
import { leaveRoom } from '../../src/service/leave-room.ts';
import type { Identity } from '../../src/service/ports.ts';
import { eventually } from '../support/eventually.ts';
import { freshRoomId, makeRoom, ROOM_STORES, type RoomsUnderTest } from '../support/room-stores.ts';
import { createSessionBench } from '../support/session-bench.ts';
import { SESSION_STORES, TIMES } from '../support/session-stores.ts';

describe.each(SESSION_STORES)('joining with sessions in %s', (_name, make) => {
  describe.each(Object.entries(ROOM_STORES))('and rooms in %s', (_rooms, open) => {
    const bench = createSessionBench(make);
    let under: RoomsUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());

    const deps = () => ({ rooms: under.rooms, sessions: bench.sessions });
    const join = (identity: Identity, roomId: string, invite = '') => joinRoom(deps(), identity, { roomId, invite });
    const notFound = expect.objectContaining({ code: 'ROOM_NOT_FOUND' });

    it.each([
      ['first', ['', 'secret']],
      ['last', ['secret', '']],
    ])(
      'lists a private room that one of two tabs may enter, the one without the invite %s',
      async (_order, invites) => {
        const identity = await bench.connected('c1', 'c2');
        const roomId = await makeRoom(under.rooms, { isPrivate: true });
        await Promise.allSettled(invites.map((invite) => join(identity, roomId, invite)));
        expect((await under.rooms.snapshot(roomId))?.members).toContain(identity.userId);
        expect(await bench.sessions.rooms(identity.userId)).toEqual([roomId]);
      },
    );

    it('lists no room that no tab may enter', async () => {
      const identity = await bench.connected('c1', 'c2');
      const roomId = await makeRoom(under.rooms, { isPrivate: true });
      const joins = [join(identity, roomId), join(identity, roomId, 'wrong'), join(identity, freshRoomId())];
      expect(await Promise.allSettled(joins)).toEqual(joins.map(() => ({ status: 'rejected', reason: notFound })));
      expect(await bench.sessions.rooms(identity.userId)).toEqual([]);
    });

    const comeBack = (identity: Identity, roomId: string) =>
      joinRoom(deps(), identity, { roomId, invite: '', isKnown: true });

    /** A member whose session lapsed, with all that it knew of joins, and who has connected again. */
    async function lapsedMember(isCertain: boolean) {
      const identity = await bench.connected('c1');
      const roomId = await makeRoom(under.rooms);
      await join(identity, roomId);
      const joinedMs = Date.now();
      await eventually(
        async () => Date.now() - joinedMs,
        (ms) => ms > TIMES.sessionTtlMs + 50,
      );
      bench.store.setCertain(isCertain);
      const { pending } = await bench.sessions.open(identity, 'c2');
      return { identity, roomId, leaves: pending.filter(({ leave }) => leave !== null) };
    }

    it('does not ask the room about a member of whom nothing is on its way', async () => {
      const { identity, roomId, leaves } = await lapsedMember(false);
      expect(leaves).toEqual([]);
      expect(await comeBack(identity, roomId)).toBeNull();
      expect(await bench.sessions.rooms(identity.userId)).toEqual([roomId]);
      // The join before may still be on its way to the room, as far as anybody knows.
      expect(await comeBack(identity, roomId)).toMatchObject({ roomId });
    });

    it.each([
      ['a session that lapsed', 'expired'],
      ['a leave of which only the intent was kept', 'left'],
    ] as const)('enters the room again, later than %s', async (_case, reason) => {
      const { identity, roomId, leaves } = await lapsedMember(reason === 'expired');
      const stamp = leaves[0]?.stamp ?? (await bench.sessions.exit(identity.userId, roomId, reason));
      expect(await comeBack(identity, roomId)).toMatchObject({ roomId });
      expect(await under.rooms.leave(roomId, stamp, reason)).toBe('stale');
      expect(await bench.sessions.rooms(identity.userId)).toEqual([roomId]);
      expect((await under.rooms.snapshot(roomId))?.members).toContain(identity.userId);
    });

    it('keeps the room a user is in when another join fails', async () => {
      const identity = await bench.connected('c1');
      const roomId = await makeRoom(under.rooms);
      await join(identity, roomId);
      await expect(join(identity, freshRoomId())).rejects.toEqual(notFound);
      expect(await bench.sessions.rooms(identity.userId)).toEqual([roomId]);
    });

    it('lets a member leave a private room although a sweep was faster with the pending leave', async () => {
      const identity = await bench.connected('c1');
      const roomId = await makeRoom(under.rooms, { isPrivate: true });
      await join(identity, roomId, 'secret');
      const stamp = await bench.sessions.exit(identity.userId, roomId, 'left');
      expect(await under.rooms.leave(roomId, stamp, 'left')).toBe('left');
      await leaveRoom(deps(), identity.userId, roomId);
      expect(await bench.sessions.rooms(identity.userId)).toEqual([]);
      await expect(leaveRoom(deps(), identity.userId, roomId)).rejects.toEqual(notFound);
    });

    it('tells a stranger who leaves a private room that it is not there', async () => {
      const identity = await bench.connected('c1');
      const roomId = await makeRoom(under.rooms, { isPrivate: true });
      await expect(leaveRoom(deps(), identity.userId, roomId)).rejects.toEqual(notFound);
      await join(identity, roomId, 'secret');
      await leaveRoom(deps(), identity.userId, roomId);
      expect((await under.rooms.snapshot(roomId))?.members).toEqual(['host']);
      expect(await bench.sessions.rooms(identity.userId)).toEqual([]);
    });
  });
});
