/** Who is still a stranger, and what waits for whom on one connection. */
import { expect, test } from 'vitest';
import { LIMITS } from '../../src/protocol/index.ts';
import { ChatError } from '../../src/service/chat-error.ts';
import { eventually } from '../support/eventually.ts';
import { away, JWT, openPeer } from '../support/peer-bench.ts';

test('who joined with a token that could not be checked is no stranger, and is known once it can be', async () => {
  let isAway = true;
  const open = async () => (isAway ? away() : { pending: [] });
  const { session, join } = openPeer({ sessions: { open } });
  expect(await join({ roomId: 'abc12345', token: JWT })).toMatchObject({ error: { code: 'SERVICE_UNAVAILABLE' } });
  expect([session.isAuthenticated(), session.isWaiting()]).toEqual([false, true]);
  isAway = false;
  expect(await join({ roomId: 'abc12345' })).toMatchObject({ error: { code: 'ROOM_NOT_FOUND' } });
  expect(session.userId).toBe('anna');
});

test('a stranger whose token is no proof gets the answer, and then is closed for that reason', async () => {
  for (const code of ['UNAUTHORIZED', 'SESSION_EXPIRED'] as const) {
    const { session, join, closes } = openPeer({ tokens: { verify: () => Promise.reject(new ChatError(code)) } });
    expect(await join({ roomId: 'abc12345', token: JWT })).toMatchObject({ error: { code } });
    expect(closes).toEqual([code]);
    expect(session.isAuthenticated()).toBe(false);
  }
});

test('a stranger without a token is refused but not closed, and may still show one', async () => {
  const { join, closes } = openPeer();
  expect(await join({ roomId: 'abc12345' })).toMatchObject({ error: { code: 'UNAUTHORIZED' } });
  expect(await join({ roomId: 'abc12345', token: JWT })).toMatchObject({ error: { code: 'ROOM_NOT_FOUND' } });
  expect(closes).toEqual([]);
});

test('somebody who is known is not closed for a bad token', async () => {
  let isGood = true;
  const verify = async () =>
    isGood ? { userId: 'anna', sid: 's1', expiresAtMs: 1 } : Promise.reject(new ChatError('UNAUTHORIZED'));
  const { session, join, closes } = openPeer({ tokens: { verify } });
  await session.authenticate(JWT);
  isGood = false;
  expect(await join({ roomId: 'abc12345', token: JWT })).toMatchObject({ error: { code: 'UNAUTHORIZED' } });
  expect([session.isAuthenticated(), closes]).toEqual([true, []]);
});

test('asking again tells a stranger whose token turns out to be no good, and closes', async () => {
  let verdict: 'SERVICE_UNAVAILABLE' | 'SESSION_EXPIRED' = 'SERVICE_UNAVAILABLE';
  let asked = 0;
  const verify = async () => {
    asked++;
    throw new ChatError(verdict);
  };
  const { session, told, closes } = openPeer({ tokens: { verify } });
  await session.authenticate(JWT);
  session.askAgain();
  await eventually(
    () => asked,
    (times) => times === 2 && session.isWaiting(),
  );
  expect([told, closes]).toEqual([[], []]);
  verdict = 'SESSION_EXPIRED';
  session.askAgain();
  await eventually(
    () => closes,
    ([reason]) => reason === 'SESSION_EXPIRED',
  );
  expect(told).toEqual(['error SESSION_EXPIRED']);
  expect(session.isWaiting()).toBe(false);
});

test('a request waits for the join of its own room, and for no other', async () => {
  const ran: unknown[] = [];
  const { session } = openPeer({
    live: { roomsOf: () => [], attach: () => new Promise(() => undefined) },
    commands: { msg: async (_call, payload) => ran.push((payload as { roomId: string }).roomId) },
  });
  await session.authenticate(JWT);
  session.request('join', { roomId: 'stuck001' }, () => undefined);
  session.request('msg', { roomId: 'stuck001', text: 'later' }, () => undefined);
  await new Promise((resolve) => session.request('msg', { roomId: 'other001', text: 'now' }, resolve));
  expect(ran).toEqual(['other001']);
});

const roomId = (i: number) => `room${String(i).padStart(4, '0')}`;
const REFUSED = { error: { code: 'VALIDATION_FAILED' } };

test('of many joins at once as many as a connection may have go on, and only the others are refused', async () => {
  const rooms: string[] = [];
  const { session, join } = openPeer({
    live: {
      roomsOf: () => rooms,
      async attach(_outlet, { roomId, admitted }) {
        if (!rooms.includes(roomId)) rooms.push(roomId);
        admitted({ snapshot: { roomId, members: [], online: [], reads: {} } } as never);
      },
    },
  });
  await session.authenticate(JWT);
  const answers = await Promise.all(
    Array.from({ length: LIMITS.roomsPerConnection + 5 }, (_, i) => join({ roomId: roomId(i) })),
  );
  expect(answers.filter(({ ok }) => ok)).toHaveLength(LIMITS.roomsPerConnection);
  expect(answers.slice(-5)).toMatchObject(Array(5).fill(REFUSED));
  expect(await join({ roomId: roomId(0) })).toMatchObject({ ok: true });
  rooms.pop();
  expect(await join({ roomId: roomId(99) })).toMatchObject({ ok: true });
});

test('a join that failed frees its place', async () => {
  const { session, join } = openPeer();
  await session.authenticate(JWT);
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all(
      Array.from({ length: LIMITS.roomsPerConnection }, (_, i) => join({ roomId: roomId(i) })),
    );
    expect(answers).toMatchObject(answers.map(() => ({ error: { code: 'ROOM_NOT_FOUND' } })));
  }
});
