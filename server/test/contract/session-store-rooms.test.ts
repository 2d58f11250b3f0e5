/** What every session store must do with renewals, rooms and hints: one suite for memory and for a real Redis. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import {
  brief,
  connectionOf,
  createSessionBench,
  identityOf,
  nextName,
  OTHER_ROOM,
  ROOM,
} from '../support/session-bench.ts';
import { SESSION_STORES, TIMES } from '../support/session-stores.ts';

describe.each(SESSION_STORES)('a session store in %s', (_name, make) => {
  const bench = createSessionBench(make);
  const { claimed, connected, lapseUntil, settleAll } = bench;

  describe('renewal', () => {
    it('keeps connections alive and answers in the order asked', async () => {
      const first = await connected('c1');
      const second = await connected('c2');
      const connections = [
        connectionOf(first, 'c1'),
        connectionOf(second, 'unknown'),
        connectionOf(second, 'c2'),
        connectionOf(first, 'unknown'),
      ];
      const start = performance.now();
      const outlived = () => performance.now() - start > 2 * TIMES.presenceTtlMs;
      const answer = await eventually(() => bench.sessions.renew(connections), outlived);
      expect(answer).toEqual({ states: ['alive', 'lost', 'alive', 'lost'], pending: [] });
      expect(await bench.sessions.claim(first.userId, 'other')).toEqual({ status: 'taken' });
    });

    it('makes session and connection anew where all was lost', async () => {
      const identity = identityOf(nextName(), 'survivor');
      expect((await bench.sessions.renew([connectionOf(identity, 'c1')])).states).toEqual(['alive']);
      expect(await bench.sessions.claim(identity.userId, 'other')).toEqual({ status: 'taken' });
    });

    it('tells the rooms when it finds that the user had been marked offline', async () => {
      const identity = await connected('c1');
      await bench.sessions.enter(identity, ROOM);
      const offline = await lapseUntil(identity.userId, (effects) => effects.length > 0);
      await settleAll(offline.pending);
      const { states, pending } = await bench.sessions.renew([connectionOf(identity, 'c1')]);
      expect(states).toEqual(['alive']);
      expect(brief(pending)).toEqual([`${ROOM} online`]);
    });

    it('does not bring a connection back that was closed meanwhile', async () => {
      const identity = await connected('c1', 'c2');
      await bench.sessions.close(connectionOf(identity, 'c1'), 300);
      expect((await bench.sessions.renew([connectionOf(identity, 'c1')])).states).toEqual(['lost']);
      bench.store.setCertain(false);
      expect((await bench.sessions.renew([connectionOf(identity, 'c1')])).states).toEqual(['lost']);
      expect((await bench.sessions.renew([connectionOf(identity, 'c2')])).states).toEqual(['alive']);
    });

    it('gives up no connection while the source of truth may have been away', async () => {
      const identity = await connected('c1');
      bench.store.setCertain(false);
      expect((await bench.sessions.renew([connectionOf(identity, 'c2')])).states).toEqual(['alive']);
    });
  });

  describe('rooms', () => {
    it('lists the rooms a user is in, sorted, until a leave is settled', async () => {
      const identity = await claimed();
      await bench.sessions.enter(identity, OTHER_ROOM);
      await bench.sessions.enter(identity, ROOM);
      expect(await bench.sessions.rooms(identity.userId)).toEqual([ROOM, OTHER_ROOM]);
      const stamp = await bench.sessions.exit(identity.userId, ROOM, 'removed');
      expect(brief((await bench.sessions.lapse([identity.userId])).pending)).toEqual([`${ROOM} removed`]);
      await bench.sessions.settle({ roomId: ROOM, stamp, leave: 'removed' });
      expect(await bench.sessions.rooms(identity.userId)).toEqual([OTHER_ROOM]);
      expect((await bench.sessions.lapse([identity.userId])).pending).toEqual([]);
    });

    it('lets a newer join replace a leave that is still pending', async () => {
      const identity = await claimed();
      await bench.sessions.enter(identity, ROOM);
      const left = await bench.sessions.exit(identity.userId, ROOM, 'left');
      const entered = await bench.sessions.enter(identity, ROOM);
      expect(entered.revision).toBeGreaterThan(left.revision);
      await bench.sessions.settle({ roomId: ROOM, stamp: left, leave: 'left' });
      expect(await bench.sessions.rooms(identity.userId)).toEqual([ROOM]);
      expect((await bench.sessions.lapse([identity.userId])).pending).toEqual([]);
    });

    it('forgets a room that is gone, but in doubt not one that is being entered', async () => {
      const identity = await claimed();
      await bench.sessions.enter(identity, ROOM);
      await bench.sessions.forget(identity.userId, ROOM, true);
      expect(await bench.sessions.rooms(identity.userId)).toEqual([ROOM]);
      await bench.sessions.forget(identity.userId, ROOM);
      expect(await bench.sessions.rooms(identity.userId)).toEqual([]);
    });

    it('takes a refused join back, but not the room if another join of it may have been let in', async () => {
      const identity = await claimed();
      const first = await bench.sessions.enter(identity, ROOM);
      const second = await bench.sessions.enter(identity, ROOM);
      await bench.sessions.withdraw(second, ROOM);
      expect(await bench.sessions.rooms(identity.userId)).toEqual([ROOM]);
      await bench.sessions.withdraw(first, ROOM);
      expect(await bench.sessions.rooms(identity.userId)).toEqual([]);
    });

    it('keeps a change of presence pending while a room may not know the user yet', async () => {
      const identity = await connected('c1');
      await bench.sessions.enter(identity, ROOM);
      await bench.sessions.close(connectionOf(identity, 'c1'), 0);
      const { pending } = await lapseUntil(identity.userId, (effects) => effects.length > 0);
      for (const effect of pending) await bench.sessions.settle(effect, true);
      expect(brief((await bench.sessions.lapse([identity.userId])).pending)).toEqual([`${ROOM} offline`]);
    });

    it('tells members whose list does not hold the room, with a stamp that a later enter is newer than', async () => {
      const [member, stray] = [await claimed(), await claimed()];
      await bench.sessions.enter(member, ROOM);
      const stamps = await bench.sessions.disown(ROOM, [member.userId, stray.userId]);
      expect(stamps.map(({ userId }) => userId)).toEqual([stray.userId]);
      const entered = await bench.sessions.enter(stray, ROOM);
      expect(entered.revision).toBeGreaterThan(stamps[0]?.revision ?? Number.POSITIVE_INFINITY);
      expect(await bench.sessions.disown(ROOM, [stray.userId])).toEqual([]);
    });

    it('takes nobody for a stray while the source of truth may have been away', async () => {
      const stray = await claimed();
      bench.store.setCertain(false);
      expect(await bench.sessions.disown(ROOM, [stray.userId])).toEqual([]);
    });
  });

  describe('hints', () => {
    const takeHint = (userId: string) =>
      eventually(
        async () => (await bench.sessions.due(100)).find((hint) => hint.userId === userId),
        (hint) => hint !== undefined,
      );

    it('brings up a user who may have gone, and again if nobody finishes', async () => {
      const identity = await connected('c1');
      await bench.sessions.close(connectionOf(identity, 'c1'), 0);
      const first = await takeHint(identity.userId);
      const second = await takeHint(identity.userId);
      expect(second?.score).toBeGreaterThan(first?.score ?? 0);
    });

    it('removes a hint that was taken, unless it was written anew', async () => {
      const identity = await connected('c1');
      const hint = await takeHint(identity.userId);
      if (!hint) throw new Error('no hint');
      await bench.sessions.close(connectionOf(identity, 'c1'), 0);
      await bench.sessions.reschedule([{ ...hint, nextMs: 0 }]);
      const again = await takeHint(identity.userId);
      if (!again) throw new Error('no hint');
      await bench.sessions.reschedule([{ ...again, nextMs: 0 }]);
      expect(await bench.sessions.restoreHints()).toBe(0);
    });

    it('restores the hint of a user who stands in a room', async () => {
      const identity = await connected('c1');
      await bench.sessions.enter(identity, ROOM);
      const hint = await takeHint(identity.userId);
      if (!hint) throw new Error('no hint');
      await bench.sessions.reschedule([{ ...hint, nextMs: 0 }]);
      expect(await bench.sessions.restoreHints()).toBeGreaterThan(0);
      expect((await takeHint(identity.userId))?.userId).toBe(identity.userId);
    });
  });
});
