/** Who may be whom in every session store: look-alikes, sessions made anew, tokens of another issuer after a log-out. */
import { describe, expect, it } from 'vitest';
import type { Identity } from '../../src/service/ports.ts';
import { eventually } from '../support/eventually.ts';
import { connectionOf, createSessionBench, expired, identityOf } from '../support/session-bench.ts';
import { SESSION_STORES, TIMES } from '../support/session-stores.ts';

let count = 0;
/** A name that looks like no other: digits that no table takes for letters. */
const nextTail = () => `${++count}`.replace(/[01]/g, '9').padStart(6, '7');

describe.each(SESSION_STORES)('a session store in %s', (_name, make) => {
  const bench = createSessionBench(make);

  describe('look-alikes', () => {
    it.each([
      ['a Cyrillic letter', 'anna', '\u0430nn\u0430'],
      ['capitals', 'mina', 'MINA'],
      ['a capital I for a small L', 'paypal', 'paypaI'],
      ['full width', 'user', '\uff55ser'],
      ['an invisible letter', 'mira', 'mira\u3164'],
      ['two spaces', 'a b', 'a  b'],
      ['Hangul for a dash of katakana', '\u3161', '\u30fc'],
    ])('of a live name cannot be leased: %s', async (_what, held, wanted) => {
      const tail = nextTail();
      expect(await bench.sessions.claim(held + tail, 'holder')).toMatchObject({ status: 'claimed' });
      expect(await bench.sessions.claim(wanted + tail, 'other')).toEqual({ status: 'taken' });
      expect(await bench.sessions.claim(`${wanted}${tail}#1234`, 'other')).toMatchObject({ status: 'claimed' });
      await expect(bench.sessions.touch(identityOf(wanted + tail, 'third'))).rejects.toEqual(expired);
    });

    it('that cannot be seen at all are never leased', async () => {
      expect(await bench.sessions.claim('\u3164', 'one')).toEqual({ status: 'taken' });
    });

    it('may be leased once the first is gone, and keep it out from then on', async () => {
      const tail = nextTail();
      const first = identityOf(`Vera${tail}`, 'first');
      await bench.sessions.claim(first.userId, first.sid);
      await bench.sessions.end(first);
      const heir = identityOf(`VERA${tail}`, 'heir');
      expect(await bench.sessions.claim(heir.userId, heir.sid)).toMatchObject({ status: 'claimed' });
      const late = identityOf(first.userId, 'late');
      await expect(bench.sessions.open(late, 'c1')).rejects.toEqual(expired);
      expect(await bench.sessions.claim(late.userId, late.sid)).toEqual({ status: 'taken' });
      expect((await bench.sessions.renew([connectionOf(late, 'c1')])).states).toEqual(['expired']);
    });

    it('keep nobody out who has the name itself', async () => {
      const who = identityOf(`Nora${nextTail()}`, 'sid-1');
      await bench.sessions.claim(who.userId, who.sid);
      await bench.sessions.open(who, 'c1');
      await bench.sessions.prolong(who);
      expect((await bench.sessions.renew([connectionOf(who, 'c1')])).states).toEqual(['alive']);
    });

    it('that come at once get at most one lease', async () => {
      const tail = nextTail();
      const names = ['lara', 'Lara', 'LARA', 'l\u0430ra', 'Iara'].map((name) => name + tail);
      const claims = await Promise.all(names.map((name, i) => bench.sessions.claim(name, `sid-${i}`)));
      expect(claims.filter(({ status }) => status === 'claimed').length).toBeLessThanOrEqual(1);
    });
  });

  describe('a session that lapsed', () => {
    it('comes back while its name is free, and is refused once it is not', async () => {
      const who = await bench.connected('c1');
      await bench.sessions.close(connectionOf(who, 'c1'), 0);
      await eventually(
        () => bench.sessions.claim(who.userId, 'heir'),
        ({ status }) => status === 'claimed',
      );
      await expect(bench.sessions.open(who, 'c2')).rejects.toEqual(expired);
      await bench.sessions.end(identityOf(who.userId, 'heir'));
      await bench.sessions.open(who, 'c3');
    });
  });

  describe('tokens of another issuer', () => {
    const foreign = (userId: string, issuedAtMs: number): Identity => ({
      ...{ userId, sid: `of ${userId}`, expiresAtMs: Date.now() + TIMES.tokenTtlMs },
      foreign: { token: 'eyJ', userSid: 'u', issuedAtMs, siblingsUntilMs: Date.now() + TIMES.tokenTtlMs },
    });
    /** As tokens tell time. */
    const wholeSecond = (ms: number) => Math.floor(ms / 1_000) * 1_000;

    it('are over after a log-out, and those that were issued later are good', async () => {
      const userId = `issued${nextTail()}`;
      const before = foreign(userId, Date.now() - 1_000);
      await bench.sessions.open(before, 'c1');
      await bench.sessions.end(before);
      await expect(bench.sessions.touch(before)).rejects.toEqual(expired);
      await bench.sessions.touch(foreign(userId, Date.now() + 5_000));
    });

    it('are good where they were issued in the second of the log-out, unless the one that was shown was too', async () => {
      const userId = `prompt${nextTail()}`;
      const before = foreign(userId, wholeSecond(Date.now()) - 2_000);
      await bench.sessions.open(before, 'c1');
      const justBeforeMs = wholeSecond(Date.now());
      await bench.sessions.end(before);
      const after = foreign(userId, wholeSecond(Date.now()));
      await bench.sessions.touch(after);
      // Whatever second it is by now: what was issued before that of the log-out is over.
      await expect(bench.sessions.touch(foreign(userId, justBeforeMs - 1_000))).rejects.toEqual(expired);
      await bench.sessions.end(after);
      await expect(bench.sessions.touch(after)).rejects.toEqual(expired);
      await bench.sessions.touch(foreign(userId, (after.foreign?.issuedAtMs ?? 0) + 2_000));
    });

    it('are over after a log-out also where the clock of the issuer is ahead', async () => {
      const ahead = foreign(`ahead${nextTail()}`, Date.now() + 60_000);
      await bench.sessions.open(ahead, 'c1');
      await bench.sessions.end(ahead);
      await expect(bench.sessions.touch(ahead)).rejects.toEqual(expired);
    });

    it('carry names that the issuer keeps apart: a look-alike keeps nobody out', async () => {
      const tail = nextTail();
      await bench.sessions.open(foreign(`Olga${tail}`, Date.now()), 'c1');
      await bench.sessions.open(foreign(`olga${tail}`, Date.now()), 'c2');
    });
  });
});
