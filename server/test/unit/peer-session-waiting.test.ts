import { expect, test } from 'vitest';
import { ChatError } from '../../src/service/chat-error.ts';
import { NodePeerSession, type PeerSessionDeps } from '../../src/service/peer-session.ts';
import { createRequestLimits } from '../../src/service/request-limits.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmVk';

/** A session whose store answers `open` as told. Only what a join needs before it enters a room is there. */
function openSession(open: () => Promise<{ pending: [] }>, verify = async () => ANNA, more: object = {}) {
  const deps = {
    tokens: { verify },
    sessions: { open },
    effects: { apply: async () => undefined },
    presence: { track: () => undefined, untrack: () => undefined },
    errors: { toWireError: (error: Error) => ({ code: error.message, message: '', retryable: true }) },
    negotiateLocale: () => 'ko',
    limits: createRequestLimits(PLENTY, () => undefined),
    live: { roomsOf: () => [], attach: async () => Promise.reject(new ChatError('ROOM_NOT_FOUND')) },
    ...more,
  } as unknown as PeerSessionDeps;
  const peer = { id: 'c1' } as ConstructorParameters<typeof NodePeerSession>[0];
  const session = new NodePeerSession(peer, deps, { locale: undefined, onClosed: () => undefined });
  const join = (payload: object) => new Promise((resolve) => session.request('join', payload, resolve));
  return { session, join };
}

const MANY = { perSecond: 100, burst: 100 };
const PLENTY = { requests: MANY, messages: MANY, joins: MANY, connectionsPerUser: 10 };
const ANNA = { userId: 'anna', sid: 's1', expiresAtMs: Number.MAX_SAFE_INTEGER };

test('who joined with a token that could not be checked is no stranger, and is known once it can be', async () => {
  let isAway = true;
  const { session, join } = openSession(async () => {
    if (isAway) throw new ChatError('SERVICE_UNAVAILABLE');
    return { pending: [] };
  });
  expect(await join({ roomId: 'abc12345', token: JWT })).toMatchObject({ error: { code: 'SERVICE_UNAVAILABLE' } });
  expect([session.isAuthenticated(), session.isWaiting()]).toEqual([false, true]);
  isAway = false;
  expect(await join({ roomId: 'abc12345' })).toMatchObject({ error: { code: 'ROOM_NOT_FOUND' } });
  expect(session.userId).toBe('anna');
});

test('who joined with a token that is no proof is still a stranger', async () => {
  const forged = () => Promise.reject(new ChatError('UNAUTHORIZED'));
  const { session, join } = openSession(async () => ({ pending: [] }), forged);
  expect(await join({ roomId: 'abc12345', token: JWT })).toMatchObject({ error: { code: 'UNAUTHORIZED' } });
  expect(session.isAuthenticated()).toBe(false);
});

test('a request waits for the join of its own room, and for no other', async () => {
  const ran: unknown[] = [];
  const { session } = openSession(async () => ({ pending: [] }), undefined, {
    live: { roomsOf: () => [], attach: () => new Promise(() => undefined) },
    commands: { msg: async (_call: unknown, payload: { roomId: string }) => ran.push(payload.roomId) },
  });
  await session.authenticate(JWT);
  session.request('join', { roomId: 'stuck001' }, () => undefined);
  session.request('msg', { roomId: 'stuck001', text: 'later' }, () => undefined);
  await new Promise((resolve) => session.request('msg', { roomId: 'other001', text: 'now' }, resolve));
  expect(ran).toEqual(['other001']);
});
