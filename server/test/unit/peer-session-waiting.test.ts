import { expect, test } from 'vitest';
import { ChatError } from '../../src/service/chat-error.ts';
import { NodePeerSession, type PeerSessionDeps } from '../../src/service/peer-session.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmVk';

/** A session whose store answers `open` as told. Only what a join needs before it enters a room is there. */
function openSession(open: () => Promise<{ pending: [] }>, verify = async () => ANNA) {
  const deps = {
    tokens: { verify },
    sessions: { open },
    effects: { apply: async () => undefined },
    presence: { track: () => undefined, untrack: () => undefined },
    errors: { toWireError: (error: Error) => ({ code: error.message, message: '', retryable: true }) },
    negotiateLocale: () => 'ko',
    live: { roomsOf: () => [], attach: async () => Promise.reject(new ChatError('ROOM_NOT_FOUND')) },
  } as unknown as PeerSessionDeps;
  const peer = { id: 'c1' } as ConstructorParameters<typeof NodePeerSession>[0];
  const session = new NodePeerSession(peer, deps, { locale: undefined, onClosed: () => undefined });
  const join = (payload: object) => new Promise((resolve) => session.request('join', payload, resolve));
  return { session, join };
}

const ANNA = { userId: 'anna', sid: 's1', expiresAtMs: Number.MAX_SAFE_INTEGER };

test('who joined with a token that could not be checked is no stranger, and is known once it can be', async () => {
  let isAway = true;
  const { session, join } = openSession(async () => {
    if (isAway) throw new ChatError('SERVICE_UNAVAILABLE');
    return { pending: [] };
  });
  expect(await join({ roomId: 'abc12345', token: JWT })).toMatchObject({ error: { code: 'SERVICE_UNAVAILABLE' } });
  expect(session.isAuthenticated()).toBe(true);
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
