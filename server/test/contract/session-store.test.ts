/** What every session store must do with names, sessions and presence: one suite for memory and for a real Redis. */
import { describe, expect, it } from 'vitest';
import type { PendingEffect } from '../../src/service/ports.ts';
import { eventually } from '../support/eventually.ts';
import {
  brief,
  connectionOf,
  createSessionBench,
  expired,
  identityOf,
  nextName,
  OTHER_ROOM,
  ROOM,
} from '../support/session-bench.ts';
import { SESSION_STORES } from '../support/session-stores.ts';

describe.each(SESSION_STORES)('a session store in %s', (_name, make) => {
  const bench = createSessionBench(make);
  const { claimed, connected, lapseUntil, settleAll } = bench;

  describe('names', () => {
    it('leases a free name and refuses it to anybody else', async () => {
      const userId = nextName();
      const claim = await bench.sessions.claim(userId, 'sid-a');
      expect(claim).toMatchObject({ status: 'claimed', stamp: { userId, status: 'online' } });
      expect(await bench.sessions.claim(userId, 'sid-b')).toEqual({ status: 'taken' });
    });

    it('answers a claim that is repeated by the same session as before', async () => {
      const { userId, sid } = await claimed();
      expect(await bench.sessions.claim(userId, sid)).toMatchObject({ status: 'claimed' });
    });

    it('passes an unused name on once its first presence has lapsed', async () => {
      const { userId } = await claimed();
      await eventually(
        () => bench.sessions.claim(userId, 'later'),
        ({ status }) => status === 'claimed',
      );
    });

    it('keeps the name of a session that was used, also while it is offline', async () => {
      const identity = await connected('c1');
      await bench.sessions.enter(identity, ROOM);
      await bench.sessions.close(connectionOf(identity, 'c1'), 0);
      await lapseUntil(identity.userId, (effects) => effects.includes(`${ROOM} offline`));
      expect(await bench.sessions.claim(identity.userId, 'other')).toEqual({ status: 'taken' });
    });

    it('ends the memberships of the last owner before a name passes on', async () => {
      const identity = await claimed();
      await bench.sessions.enter(identity, ROOM);
      const claim = await eventually(
        () => bench.sessions.claim(identity.userId, 'heir'),
        ({ status }) => status !== 'taken',
      );
      if (claim.status !== 'inherited') throw new Error(claim.status);
      expect(brief(claim.pending)).toEqual([`${ROOM} expired`]);
      expect(await bench.sessions.claim(identity.userId, 'heir')).toMatchObject({ status: 'inherited' });
      await settleAll(claim.pending);
      expect(await bench.sessions.claim(identity.userId, 'heir')).toMatchObject({ status: 'claimed' });
      expect(await bench.sessions.rooms(identity.userId)).toEqual([]);
      await expect(bench.sessions.touch(identity)).rejects.toEqual(expired);
    });

    it('passes no name with rooms on while the source of truth may have been away', async () => {
      const identity = await claimed();
      await bench.sessions.enter(identity, ROOM);
      await eventually(
        () => bench.sessions.lapse([identity.userId]),
        ({ nextMs }) => nextMs[0] === 0,
      );
      bench.store.setCertain(false);
      expect(await bench.sessions.claim(identity.userId, 'heir')).toEqual({ status: 'taken' });
    });
  });

  describe('sessions', () => {
    it('refuses every call of a session whose name has passed on', async () => {
      const { userId } = await claimed('holder');
      const stranger = identityOf(userId, 'stranger');
      await expect(bench.sessions.open(stranger, 'c1')).rejects.toEqual(expired);
      await expect(bench.sessions.touch(stranger)).rejects.toEqual(expired);
      await expect(bench.sessions.enter(stranger, ROOM)).rejects.toEqual(expired);
      expect((await bench.sessions.renew([connectionOf(stranger, 'c1')])).states).toEqual(['expired']);
      expect(await bench.sessions.end(stranger)).toEqual({ pending: [] });
      expect(await bench.sessions.claim(userId, 'holder')).toMatchObject({ status: 'claimed' });
    });

    it('makes a lapsed session anew while the name is free', async () => {
      const identity = identityOf(nextName(), 'lapsed');
      expect(await bench.sessions.open(identity, 'c1')).toEqual({ pending: [] });
      expect(await bench.sessions.claim(identity.userId, 'other')).toEqual({ status: 'taken' });
      const second = identityOf(nextName(), 'lapsed too');
      await bench.sessions.touch(second);
      expect(await bench.sessions.claim(second.userId, 'other')).toEqual({ status: 'taken' });
    });

    it('does not let a session that comes back inherit rooms', async () => {
      const identity = await claimed();
      await bench.sessions.enter(identity, ROOM);
      await eventually(
        () => bench.sessions.lapse([identity.userId]),
        ({ nextMs }) => nextMs[0] === 0,
      );
      const { pending } = await bench.sessions.open(identity, 'c1');
      expect(brief(pending)).toEqual([`${ROOM} expired`]);
    });

    it('ends for good: rooms are left, connections told, the token refused', async () => {
      const identity = await connected('c1');
      await bench.sessions.enter(identity, ROOM);
      await bench.sessions.enter(identity, OTHER_ROOM);
      const { pending } = await bench.sessions.end(identity);
      expect(brief(pending)).toEqual([`${ROOM} left`, `${OTHER_ROOM} left`]);
      expect((await bench.sessions.renew([connectionOf(identity, 'c1')])).states).toEqual(['expired']);
      await expect(bench.sessions.open(identity, 'c2')).rejects.toEqual(expired);
      await expect(bench.sessions.touch(identity)).rejects.toEqual(expired);
      await expect(bench.sessions.enter(identity, ROOM)).rejects.toEqual(expired);
      await settleAll(pending);
      expect(await bench.sessions.claim(identity.userId, 'next')).toMatchObject({ status: 'claimed' });
    });

    it('raises revisions, also from one session to the next', async () => {
      const identity = await claimed();
      const first = await bench.sessions.enter(identity, ROOM);
      const second = await bench.sessions.enter(identity, ROOM);
      expect(second.revision).toBeGreaterThan(first.revision);
      await settleAll((await bench.sessions.end(identity)).pending);
      const claim = await bench.sessions.claim(identity.userId, 'next');
      expect(claim.status === 'claimed' && claim.stamp.revision).toBeGreaterThan(second.revision);
      expect(Number.isSafeInteger(second.revision)).toBe(true);
    });
  });

  describe('presence', () => {
    it('tells no room while another connection lives', async () => {
      const identity = await connected('c1', 'c2');
      await bench.sessions.enter(identity, ROOM);
      await bench.sessions.close(connectionOf(identity, 'c1'), 0);
      const { pending, nextMs } = await bench.sessions.lapse([identity.userId]);
      expect(pending).toEqual([]);
      expect(nextMs[0]).toBeGreaterThan(0);
    });

    it('goes offline once, however many look', async () => {
      const identity = await connected('c1');
      await bench.sessions.enter(identity, ROOM);
      await bench.sessions.enter(identity, OTHER_ROOM);
      await bench.sessions.close(connectionOf(identity, 'c1'), 0);
      const looks = await Promise.all(
        Array.from({ length: 5 }, () => lapseUntil(identity.userId, (e) => e.length > 0)),
      );
      const revisions = new Set(looks.flatMap(({ pending }) => pending.map(({ stamp }) => stamp.revision)));
      expect(revisions.size).toBe(1);
      expect(brief(looks[0]?.pending ?? [])).toEqual([`${ROOM} offline`, `${OTHER_ROOM} offline`]);
    });

    it('goes offline when nobody renews', async () => {
      const identity = await connected('c1');
      await bench.sessions.enter(identity, ROOM);
      const { pending } = await lapseUntil(identity.userId, (effects) => effects.length > 0);
      expect(brief(pending)).toEqual([`${ROOM} offline`]);
    });

    it('stays online over a reload that is shorter than the grace', async () => {
      const identity = await connected('c1');
      await bench.sessions.enter(identity, ROOM);
      await bench.sessions.close(connectionOf(identity, 'c1'), 10_000);
      expect(await bench.sessions.open(identity, 'c2')).toEqual({ pending: [] });
      expect((await bench.sessions.lapse([identity.userId])).pending).toEqual([]);
    });

    it('is told again after it was offline, and the newer change replaces the older', async () => {
      const identity = await connected('c1');
      await bench.sessions.enter(identity, ROOM);
      await bench.sessions.close(connectionOf(identity, 'c1'), 0);
      const offline = await lapseUntil(identity.userId, (effects) => effects.length > 0);
      const online = await bench.sessions.open(identity, 'c2');
      expect(brief(online.pending)).toEqual([`${ROOM} online`]);
      await settleAll(offline.pending);
      expect(brief((await bench.sessions.lapse([identity.userId])).pending)).toEqual([`${ROOM} online`]);
      await settleAll(online.pending);
      expect((await bench.sessions.lapse([identity.userId])).pending).toEqual([]);
    });

    it('tells nothing to a user without rooms', async () => {
      const identity = await connected('c1');
      await bench.sessions.close(connectionOf(identity, 'c1'), 0);
      expect((await bench.sessions.lapse([identity.userId])).pending).toEqual([]);
      expect(await bench.sessions.open(identity, 'c2')).toEqual({ pending: [] });
    });

    it('ends every membership once the session is gone, and then forgets the user', async () => {
      const identity = await connected('c1');
      await bench.sessions.enter(identity, ROOM);
      await bench.sessions.enter(identity, OTHER_ROOM);
      const { pending, nextMs } = await lapseUntil(identity.userId, (effects) => effects[0] === `${ROOM} expired`);
      expect(brief(pending)).toEqual([`${ROOM} expired`, `${OTHER_ROOM} expired`]);
      expect(nextMs).toEqual([0]);
      expect((await bench.sessions.lapse([identity.userId])).pending).toEqual(pending.map(sameDecision));
      await settleAll(pending);
      expect(await bench.sessions.lapse([identity.userId])).toEqual({ pending: [], nextMs: [0] });
      expect(await bench.sessions.rooms(identity.userId)).toEqual([]);
    });

    it('decides nothing while the source of truth may have been away', async () => {
      const identity = await connected('c1');
      await bench.sessions.enter(identity, ROOM);
      await bench.sessions.close(connectionOf(identity, 'c1'), 0);
      bench.store.setCertain(false);
      expect(await bench.sessions.lapse([identity.userId])).toEqual({ pending: [], nextMs: [null] });
      expect(await bench.sessions.due(10)).toEqual([]);
    });
  });
});

/** The same decision seen later: only the time of looking differs. */
function sameDecision(effect: PendingEffect): unknown {
  return { ...effect, stamp: { ...effect.stamp, timeMs: expect.any(Number) } };
}
