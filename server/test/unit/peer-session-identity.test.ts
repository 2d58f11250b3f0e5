/** Who a connection is: claimed once, renewed in place, over when its token is. */
import { describe, expect, it } from 'vitest';
import { createNodeConnections } from '../../src/service/node-connections.ts';
import type { Claim, Identity } from '../../src/service/ports.ts';
import { ANNA, away, JWT, openPeer, peerDeps } from '../support/peer-bench.ts';

const HOUR = 3_600_000;
const CLAIMED: Claim = { status: 'claimed', stamp: { userId: 'mina', revision: 1, timeMs: 1, status: 'online' } };
const ROOM = { roomId: 'abc12345' };
/** A room that lets everybody in. */
const OPEN_HOUSE = {
  roomsOf: () => [],
  async attach(_outlet: unknown, { admitted }: { admitted(state: never): void }) {
    admitted({ snapshot: { members: [], online: [], reads: {} } } as never);
  },
};

describe('a guest', () => {
  it('whose claim was not answered repeats it as the same session, so that the name is not taken twice', async () => {
    const sids: string[] = [];
    const claim = async (_userId: string, sid: string) => (sids.push(sid) < 3 ? away() : CLAIMED);
    const { session, join } = openPeer({ sessions: { claim }, live: OPEN_HOUSE });
    expect(await join({ ...ROOM, token: 'mina' })).toMatchObject({ error: { code: 'SERVICE_UNAVAILABLE' } });
    expect(session.isWaiting()).toBe(true);
    expect(await join(ROOM)).toMatchObject({ error: { code: 'SERVICE_UNAVAILABLE' } });
    expect(await join(ROOM)).toMatchObject({ ok: true, data: { me: 'mina', token: 'signed' } });
    expect(sids).toHaveLength(3);
    expect(new Set(sids).size).toBe(1);
  });

  it('whose connection could not be opened repeats the claim as the same session too', async () => {
    const sids: string[] = [];
    let isAway = true;
    const claim = async (_userId: string, sid: string) => {
      sids.push(sid);
      return CLAIMED;
    };
    const open = async () => (isAway ? away() : { pending: [] });
    const { session, join } = openPeer({ sessions: { claim, open }, live: OPEN_HOUSE });
    await join({ ...ROOM, token: 'mina' });
    isAway = false;
    expect(await join(ROOM)).toMatchObject({ ok: true });
    expect(session.sid).toBe(sids[0]);
    expect(new Set(sids).size).toBe(1);
  });

  it('is told the token with every join, and a plain name says nothing any more', async () => {
    let claims = 0;
    const claim = async () => {
      claims++;
      return CLAIMED;
    };
    const { join } = openPeer({ sessions: { claim }, live: OPEN_HOUSE });
    expect(await join({ ...ROOM, token: 'mina' })).toMatchObject({ data: { token: 'signed' } });
    expect(await join({ ...ROOM, token: 'other' })).toMatchObject({ data: { me: 'mina', token: 'signed' } });
    expect(claims).toBe(1);
  });

  it('is refused and closed where guests are not let in', async () => {
    const { join, closes } = openPeer({ isGuestJoinOn: false });
    expect(await join({ ...ROOM, token: 'mina' })).toMatchObject({ error: { code: 'UNAUTHORIZED' } });
    expect(closes).toEqual(['UNAUTHORIZED']);
  });

  it('gets digits where names belong to the people of another issuer', async () => {
    const names: string[] = [];
    const claim = async (userId: string) => {
      names.push(userId);
      return CLAIMED;
    };
    await openPeer({ sessions: { claim }, tokens: { reservesNames: true }, live: OPEN_HOUSE }).join({
      ...ROOM,
      token: 'mina',
    });
    expect(names).toEqual([expect.stringMatching(/^mina#\d{4}$/)]);
  });
});

describe('a token shown on a connection that is known', () => {
  /** Tokens by what stands in them: the first is in use, the second is shown. */
  function peerWith(shown: Partial<Identity>) {
    const prolonged: number[] = [];
    const identities = [
      { ...ANNA, expiresAtMs: HOUR },
      { ...ANNA, ...shown },
    ];
    const peer = openPeer({
      tokens: { verify: async () => identities.shift() ?? ANNA },
      sessions: { prolong: async ({ expiresAtMs }) => void prolonged.push(expiresAtMs) },
      live: OPEN_HOUSE,
    });
    return { ...peer, prolonged };
  }

  it('renews it in place: the connection lives as long as the newer token', async () => {
    const { session, join, prolonged } = peerWith({ expiresAtMs: 2 * HOUR });
    await session.authenticate(JWT);
    expect([session.hasExpired(HOUR - 1), session.hasExpired(HOUR)]).toEqual([false, true]);
    expect(await join({ ...ROOM, token: JWT })).toMatchObject({ ok: true });
    expect([session.hasExpired(HOUR), session.hasExpired(2 * HOUR)]).toEqual([false, true]);
    expect(prolonged).toEqual([2 * HOUR]);
  });

  it('never shortens its life', async () => {
    const { session, join, prolonged } = peerWith({ expiresAtMs: HOUR / 2 });
    await session.authenticate(JWT);
    expect(await join({ ...ROOM, token: JWT })).toMatchObject({ ok: true });
    expect([session.hasExpired(HOUR - 1), prolonged]).toEqual([false, []]);
  });

  it.each([
    ['of another user', { userId: 'mina' }, 'FORBIDDEN'],
    ['of another session of the name', { sid: 's2' }, 'SESSION_EXPIRED'],
  ])('is refused when it is one %s, and the connection stays who it was', async (_what, shown, code) => {
    const { session, join, closes } = peerWith(shown);
    await session.authenticate(JWT);
    expect(await join({ ...ROOM, token: JWT })).toMatchObject({ error: { code } });
    expect([session.userId, session.sid, closes]).toEqual(['anna', 's1', []]);
  });
});

it('a token past half of its life is replaced by the answer of a join, and so is the end of the connection', async () => {
  const { session, join } = openPeer({
    tokens: {
      verify: async () => ({ ...ANNA, expiresAtMs: HOUR }),
      isAged: ({ expiresAtMs }) => expiresAtMs === HOUR,
      sign: async () => ({ token: 'fresh', expiresAtMs: 2 * HOUR }),
    },
    sessions: { prolong: async () => undefined },
    live: OPEN_HOUSE,
  });
  await session.authenticate(JWT);
  expect(await join(ROOM)).toMatchObject({ ok: true, data: { token: 'fresh' } });
  expect([session.hasExpired(HOUR), session.hasExpired(2 * HOUR)]).toEqual([false, true]);
});

describe('the end of a session', () => {
  it.each([
    ['SESSION_EXPIRED', ['error SESSION_EXPIRED']],
    ['CONNECTION_LOST', []],
  ] as const)('that a renewal finds as %s closes with that reason', async (reason, words) => {
    const { session, lose, closes, told } = openPeer();
    await session.authenticate(JWT);
    lose(reason);
    expect([closes, told]).toEqual([[reason], words]);
  });

  it('comes with the end of its token, for those connections alone', async () => {
    const ends = [HOUR, 2 * HOUR];
    const connections = createNodeConnections(
      peerDeps({ tokens: { verify: async () => ({ ...ANNA, expiresAtMs: ends.shift() ?? 0 }) } }),
    );
    const [old, young, stranger] = [openPeer(), openPeer(), openPeer()];
    for (const { peer } of [old, young]) await connections.open(peer, undefined).authenticate(JWT);
    connections.open(stranger.peer, undefined);
    connections.endExpired(HOUR);
    expect([old.closes, young.closes, stranger.closes]).toEqual([['SESSION_EXPIRED'], [], []]);
    expect(old.told).toEqual(['error SESSION_EXPIRED']);
  });
});
