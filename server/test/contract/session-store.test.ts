/** What every session store must do: one suite for memory and for a real Redis. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Identity, OpenConnection, PendingEffect, SessionStore } from '../../src/service/ports.ts';
import { eventually } from '../support/eventually.ts';
import { SESSION_STORES, type StoreUnderTest, TIMES } from '../support/session-stores.ts';

const ROOM = 'room0001';
const OTHER_ROOM = 'room0002';
const expired = expect.objectContaining({ code: 'SESSION_EXPIRED' });

let count = 0;
const nextName = () => `홍길동 ${++count}`;

const identityOf = (userId: string, sid: string): Identity => ({
  userId,
  sid,
  expiresAtMs: Date.now() + TIMES.tokenTtlMs,
});
const connectionOf = (identity: Identity, connectionId: string): OpenConnection => ({ ...identity, connectionId });
const brief = (effects: readonly PendingEffect[]) =>
  effects.map(({ roomId, leave, stamp }) => `${roomId} ${leave ?? stamp.status}`).sort();

describe.each(SESSION_STORES)('a session store in %s', (_name, make) => {
  let store: StoreUnderTest;
  let sessions: SessionStore;
  beforeAll(async () => {
    store = await make();
    sessions = store.sessions;
  });
  afterEach(() => store.setCertain(true));
  afterAll(() => store.close());

  async function claimed(sid = `sid-${count}`): Promise<Identity> {
    const userId = nextName();
    expect(await sessions.claim(userId, sid)).toMatchObject({ status: 'claimed' });
    return identityOf(userId, sid);
  }

  async function connected(...connectionIds: string[]): Promise<Identity> {
    const identity = await claimed();
    for (const id of connectionIds) await sessions.open(identity, id);
    return identity;
  }

  const lapseUntil = (userId: string, isGood: (effects: string[]) => boolean) =>
    eventually(
      () => sessions.lapse([userId]),
      ({ pending }) => isGood(brief(pending)),
    );

  async function settleAll(pending: readonly PendingEffect[]): Promise<void> {
    for (const effect of pending) await sessions.settle(effect);
  }

  describe('names', () => {
    it('leases a free name and refuses it to anybody else', async () => {
      const userId = nextName();
      const claim = await sessions.claim(userId, 'sid-a');
      expect(claim).toMatchObject({ status: 'claimed', stamp: { userId, status: 'online' } });
      expect(await sessions.claim(userId, 'sid-b')).toEqual({ status: 'taken' });
    });

    it('answers a claim that is repeated by the same session as before', async () => {
      const { userId, sid } = await claimed();
      expect(await sessions.claim(userId, sid)).toMatchObject({ status: 'claimed' });
    });

    it('passes an unused name on once its first presence has lapsed', async () => {
      const { userId } = await claimed();
      await eventually(
        () => sessions.claim(userId, 'later'),
        ({ status }) => status === 'claimed',
      );
    });

    it('keeps the name of a session that was used, also while it is offline', async () => {
      const identity = await connected('c1');
      await sessions.enter(identity, ROOM);
      await sessions.close(connectionOf(identity, 'c1'), 0);
      await lapseUntil(identity.userId, (effects) => effects.includes(`${ROOM} offline`));
      expect(await sessions.claim(identity.userId, 'other')).toEqual({ status: 'taken' });
    });

    it('ends the memberships of the last owner before a name passes on', async () => {
      const identity = await claimed();
      await sessions.enter(identity, ROOM);
      const claim = await eventually(
        () => sessions.claim(identity.userId, 'heir'),
        ({ status }) => status !== 'taken',
      );
      if (claim.status !== 'inherited') throw new Error(claim.status);
      expect(brief(claim.pending)).toEqual([`${ROOM} expired`]);
      expect(await sessions.claim(identity.userId, 'heir')).toMatchObject({ status: 'inherited' });
      await settleAll(claim.pending);
      expect(await sessions.claim(identity.userId, 'heir')).toMatchObject({ status: 'claimed' });
      expect(await sessions.rooms(identity.userId)).toEqual([]);
      await expect(sessions.touch(identity)).rejects.toEqual(expired);
    });

    it('passes no name with rooms on while the source of truth may have been away', async () => {
      const identity = await claimed();
      await sessions.enter(identity, ROOM);
      await eventually(
        () => sessions.lapse([identity.userId]),
        ({ nextMs }) => nextMs[0] === 0,
      );
      store.setCertain(false);
      expect(await sessions.claim(identity.userId, 'heir')).toEqual({ status: 'taken' });
    });
  });

  describe('sessions', () => {
    it('refuses every call of a session whose name has passed on', async () => {
      const { userId } = await claimed('holder');
      const stranger = identityOf(userId, 'stranger');
      await expect(sessions.open(stranger, 'c1')).rejects.toEqual(expired);
      await expect(sessions.touch(stranger)).rejects.toEqual(expired);
      await expect(sessions.enter(stranger, ROOM)).rejects.toEqual(expired);
      expect((await sessions.renew([connectionOf(stranger, 'c1')])).states).toEqual(['lost']);
      expect(await sessions.end(stranger)).toEqual({ pending: [] });
      expect(await sessions.claim(userId, 'holder')).toMatchObject({ status: 'claimed' });
    });

    it('makes a lapsed session anew while the name is free', async () => {
      const identity = identityOf(nextName(), 'lapsed');
      expect(await sessions.open(identity, 'c1')).toEqual({ pending: [] });
      expect(await sessions.claim(identity.userId, 'other')).toEqual({ status: 'taken' });
      const second = identityOf(nextName(), 'lapsed too');
      await sessions.touch(second);
      expect(await sessions.claim(second.userId, 'other')).toEqual({ status: 'taken' });
    });

    it('does not let a session that comes back inherit rooms', async () => {
      const identity = await claimed();
      await sessions.enter(identity, ROOM);
      await eventually(
        () => sessions.lapse([identity.userId]),
        ({ nextMs }) => nextMs[0] === 0,
      );
      const { pending } = await sessions.open(identity, 'c1');
      expect(brief(pending)).toEqual([`${ROOM} expired`]);
    });

    it('ends for good: rooms are left, connections lost, the token refused', async () => {
      const identity = await connected('c1');
      await sessions.enter(identity, ROOM);
      await sessions.enter(identity, OTHER_ROOM);
      const { pending } = await sessions.end(identity);
      expect(brief(pending)).toEqual([`${ROOM} left`, `${OTHER_ROOM} left`]);
      expect((await sessions.renew([connectionOf(identity, 'c1')])).states).toEqual(['lost']);
      await expect(sessions.open(identity, 'c2')).rejects.toEqual(expired);
      await expect(sessions.touch(identity)).rejects.toEqual(expired);
      await expect(sessions.enter(identity, ROOM)).rejects.toEqual(expired);
      await settleAll(pending);
      expect(await sessions.claim(identity.userId, 'next')).toMatchObject({ status: 'claimed' });
    });

    it('raises revisions, also from one session to the next', async () => {
      const identity = await claimed();
      const first = await sessions.enter(identity, ROOM);
      const second = await sessions.enter(identity, ROOM);
      expect(second.revision).toBeGreaterThan(first.revision);
      await settleAll((await sessions.end(identity)).pending);
      const claim = await sessions.claim(identity.userId, 'next');
      expect(claim.status === 'claimed' && claim.stamp.revision).toBeGreaterThan(second.revision);
      expect(Number.isSafeInteger(second.revision)).toBe(true);
    });
  });

  describe('presence', () => {
    it('tells no room while another connection lives', async () => {
      const identity = await connected('c1', 'c2');
      await sessions.enter(identity, ROOM);
      await sessions.close(connectionOf(identity, 'c1'), 0);
      const { pending, nextMs } = await sessions.lapse([identity.userId]);
      expect(pending).toEqual([]);
      expect(nextMs[0]).toBeGreaterThan(0);
    });

    it('goes offline once, however many look', async () => {
      const identity = await connected('c1');
      await sessions.enter(identity, ROOM);
      await sessions.enter(identity, OTHER_ROOM);
      await sessions.close(connectionOf(identity, 'c1'), 0);
      const looks = await Promise.all(
        Array.from({ length: 5 }, () => lapseUntil(identity.userId, (e) => e.length > 0)),
      );
      const revisions = new Set(looks.flatMap(({ pending }) => pending.map(({ stamp }) => stamp.revision)));
      expect(revisions.size).toBe(1);
      expect(brief(looks[0]?.pending ?? [])).toEqual([`${ROOM} offline`, `${OTHER_ROOM} offline`]);
    });

    it('goes offline when nobody renews', async () => {
      const identity = await connected('c1');
      await sessions.enter(identity, ROOM);
      const { pending } = await lapseUntil(identity.userId, (effects) => effects.length > 0);
      expect(brief(pending)).toEqual([`${ROOM} offline`]);
    });

    it('stays online over a reload that is shorter than the grace', async () => {
      const identity = await connected('c1');
      await sessions.enter(identity, ROOM);
      await sessions.close(connectionOf(identity, 'c1'), 10_000);
      expect(await sessions.open(identity, 'c2')).toEqual({ pending: [] });
      expect((await sessions.lapse([identity.userId])).pending).toEqual([]);
    });

    it('is told again after it was offline, and the newer change replaces the older', async () => {
      const identity = await connected('c1');
      await sessions.enter(identity, ROOM);
      await sessions.close(connectionOf(identity, 'c1'), 0);
      const offline = await lapseUntil(identity.userId, (effects) => effects.length > 0);
      const online = await sessions.open(identity, 'c2');
      expect(brief(online.pending)).toEqual([`${ROOM} online`]);
      await settleAll(offline.pending);
      expect(brief((await sessions.lapse([identity.userId])).pending)).toEqual([`${ROOM} online`]);
      await settleAll(online.pending);
      expect((await sessions.lapse([identity.userId])).pending).toEqual([]);
    });

    it('tells nothing to a user without rooms', async () => {
      const identity = await connected('c1');
      await sessions.close(connectionOf(identity, 'c1'), 0);
      expect((await sessions.lapse([identity.userId])).pending).toEqual([]);
      expect(await sessions.open(identity, 'c2')).toEqual({ pending: [] });
    });

    it('ends every membership once the session is gone, and then forgets the user', async () => {
      const identity = await connected('c1');
      await sessions.enter(identity, ROOM);
      await sessions.enter(identity, OTHER_ROOM);
      const { pending, nextMs } = await lapseUntil(identity.userId, (effects) => effects[0] === `${ROOM} expired`);
      expect(brief(pending)).toEqual([`${ROOM} expired`, `${OTHER_ROOM} expired`]);
      expect(nextMs).toEqual([0]);
      expect((await sessions.lapse([identity.userId])).pending).toEqual(pending.map(sameDecision));
      await settleAll(pending);
      expect(await sessions.lapse([identity.userId])).toEqual({ pending: [], nextMs: [0] });
      expect(await sessions.rooms(identity.userId)).toEqual([]);
    });

    it('decides nothing while the source of truth may have been away', async () => {
      const identity = await connected('c1');
      await sessions.enter(identity, ROOM);
      await sessions.close(connectionOf(identity, 'c1'), 0);
      store.setCertain(false);
      expect(await sessions.lapse([identity.userId])).toEqual({ pending: [], nextMs: [null] });
      expect(await sessions.due(10)).toEqual([]);
    });
  });

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
      const answer = await eventually(() => sessions.renew(connections), outlived);
      expect(answer).toEqual({ states: ['alive', 'lost', 'alive', 'lost'], pending: [] });
      expect(await sessions.claim(first.userId, 'other')).toEqual({ status: 'taken' });
    });

    it('makes session and connection anew where all was lost', async () => {
      const identity = identityOf(nextName(), 'survivor');
      expect((await sessions.renew([connectionOf(identity, 'c1')])).states).toEqual(['alive']);
      expect(await sessions.claim(identity.userId, 'other')).toEqual({ status: 'taken' });
    });

    it('tells the rooms when it finds that the user had been marked offline', async () => {
      const identity = await connected('c1');
      await sessions.enter(identity, ROOM);
      const offline = await lapseUntil(identity.userId, (effects) => effects.length > 0);
      await settleAll(offline.pending);
      const { states, pending } = await sessions.renew([connectionOf(identity, 'c1')]);
      expect(states).toEqual(['alive']);
      expect(brief(pending)).toEqual([`${ROOM} online`]);
    });

    it('gives up no connection while the source of truth may have been away', async () => {
      const identity = await connected('c1');
      store.setCertain(false);
      expect((await sessions.renew([connectionOf(identity, 'c2')])).states).toEqual(['alive']);
    });
  });

  describe('rooms', () => {
    it('lists the rooms a user is in, sorted, until a leave is settled', async () => {
      const identity = await claimed();
      await sessions.enter(identity, OTHER_ROOM);
      await sessions.enter(identity, ROOM);
      expect(await sessions.rooms(identity.userId)).toEqual([ROOM, OTHER_ROOM]);
      const stamp = await sessions.exit(identity.userId, ROOM, 'removed');
      expect(brief((await sessions.lapse([identity.userId])).pending)).toEqual([`${ROOM} removed`]);
      await sessions.settle({ roomId: ROOM, stamp, leave: 'removed' });
      expect(await sessions.rooms(identity.userId)).toEqual([OTHER_ROOM]);
      expect((await sessions.lapse([identity.userId])).pending).toEqual([]);
    });

    it('lets a newer join replace a leave that is still pending', async () => {
      const identity = await claimed();
      await sessions.enter(identity, ROOM);
      const left = await sessions.exit(identity.userId, ROOM, 'left');
      const entered = await sessions.enter(identity, ROOM);
      expect(entered.revision).toBeGreaterThan(left.revision);
      await sessions.settle({ roomId: ROOM, stamp: left, leave: 'left' });
      expect(await sessions.rooms(identity.userId)).toEqual([ROOM]);
      expect((await sessions.lapse([identity.userId])).pending).toEqual([]);
    });

    it('forgets a room that is gone, but in doubt not one that is being entered', async () => {
      const identity = await claimed();
      await sessions.enter(identity, ROOM);
      await sessions.forget(identity.userId, ROOM, true);
      expect(await sessions.rooms(identity.userId)).toEqual([ROOM]);
      await sessions.forget(identity.userId, ROOM);
      expect(await sessions.rooms(identity.userId)).toEqual([]);
    });

    it('keeps a change of presence pending while a room may not know the user yet', async () => {
      const identity = await connected('c1');
      await sessions.enter(identity, ROOM);
      await sessions.close(connectionOf(identity, 'c1'), 0);
      const { pending } = await lapseUntil(identity.userId, (effects) => effects.length > 0);
      for (const effect of pending) await sessions.settle(effect, true);
      expect(brief((await sessions.lapse([identity.userId])).pending)).toEqual([`${ROOM} offline`]);
    });
  });

  describe('hints', () => {
    const takeHint = (userId: string) =>
      eventually(
        async () => (await sessions.due(100)).find((hint) => hint.userId === userId),
        (hint) => hint !== undefined,
      );

    it('brings up a user who may have gone, and again if nobody finishes', async () => {
      const identity = await connected('c1');
      await sessions.close(connectionOf(identity, 'c1'), 0);
      const first = await takeHint(identity.userId);
      const second = await takeHint(identity.userId);
      expect(second?.score).toBeGreaterThan(first?.score ?? 0);
    });

    it('removes a hint that was taken, unless it was written anew', async () => {
      const identity = await connected('c1');
      const hint = await takeHint(identity.userId);
      if (!hint) throw new Error('no hint');
      await sessions.close(connectionOf(identity, 'c1'), 0);
      await sessions.reschedule([{ ...hint, nextMs: 0 }]);
      const again = await takeHint(identity.userId);
      if (!again) throw new Error('no hint');
      await sessions.reschedule([{ ...again, nextMs: 0 }]);
      expect(await sessions.restoreHints()).toBe(0);
    });

    it('restores the hint of a user who stands in a room', async () => {
      const identity = await connected('c1');
      await sessions.enter(identity, ROOM);
      const hint = await takeHint(identity.userId);
      if (!hint) throw new Error('no hint');
      await sessions.reschedule([{ ...hint, nextMs: 0 }]);
      expect(await sessions.restoreHints()).toBeGreaterThan(0);
      expect((await takeHint(identity.userId))?.userId).toBe(identity.userId);
    });
  });
});

/** The same decision seen later: only the time of looking differs. */
function sameDecision(effect: PendingEffect): unknown {
  return { ...effect, stamp: { ...effect.stamp, timeMs: expect.any(Number) } };
}
