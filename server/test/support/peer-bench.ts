/** One connection's session on fakes: only what comes before a room is there, and every part can be replaced. */
import type { Answer, CloseReason } from '../../src/protocol/index.ts';
import { ChatError } from '../../src/service/chat-error.ts';
import type { Peer } from '../../src/service/gateway.ts';
import { NodePeerSession, type PeerSessionDeps } from '../../src/service/peer-session.ts';
import type { ConnectionOwner, Identity, LostReason } from '../../src/service/ports.ts';
import { createRequestLimits } from '../../src/service/request-limits.ts';

/** What looks like a JWT; the fake `verify` takes every one for Anna's. */
export const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmVk';
export const ANNA: Identity = { userId: 'anna', sid: 's1', expiresAtMs: Number.MAX_SAFE_INTEGER };

const MANY = { perSecond: 1_000, burst: 1_000 };
const PLENTY = { requests: MANY, messages: MANY, joins: MANY, connectionsPerUser: 10 };

type Parts = { [K in keyof PeerSessionDeps]?: Partial<PeerSessionDeps[K]> | PeerSessionDeps[K] };

/** What every connection of a node shares; rooms are not there: a join is ROOM_NOT_FOUND. */
export function peerDeps(more: Parts = {}, lost: ((reason: LostReason) => void)[] = []): PeerSessionDeps {
  const track = (_: unknown, owner: ConnectionOwner) => lost.push((reason) => owner.end(reason));
  return {
    isGuestJoinOn: true,
    closeGraceMs: () => 0,
    effects: { apply: async () => undefined },
    failures: { report: () => undefined },
    presence: { track, untrack: () => undefined },
    errors: { toWireError: ({ message }: Error) => ({ code: message, message: '', retryable: true }) },
    negotiateLocale: () => 'ko',
    limits: createRequestLimits(PLENTY, () => undefined),
    quota: { takeName: async () => undefined },
    ...more,
    tokens: {
      reservesNames: false,
      verify: async () => ANNA,
      isAged: () => false,
      sign: async () => ({ token: 'signed', expiresAtMs: ANNA.expiresAtMs }),
      ...more.tokens,
    },
    sessions: { open: async () => ({ pending: [] }), close: async () => undefined, ...more.sessions },
    live: {
      roomsOf: () => [],
      attach: async () => Promise.reject(new ChatError('ROOM_NOT_FOUND')),
      drop: () => undefined,
      ...more.live,
    },
  } as unknown as PeerSessionDeps;
}

/** A session, what its peer was told, and the reasons it was closed for. */
export function openPeer(more: Parts = {}) {
  const told: string[] = [];
  const closes: CloseReason[] = [];
  const lost: ((reason: LostReason) => void)[] = [];
  const peer = {
    id: `c${++count}`,
    emit: (event: string, { code }: { code?: string }) => told.push(`${event} ${code}`),
    close: (reason: CloseReason) => closes.push(reason),
  } as unknown as Peer;
  const session = new NodePeerSession(peer, peerDeps(more, lost), { locale: undefined, onClosed: () => undefined });
  return {
    ...{ session, peer, told, closes },
    /** As the presence of a node calls it. */
    lose: (reason: LostReason) => lost[0]?.(reason),
    join: (payload: object): Promise<Answer> => new Promise((resolve) => session.request('join', payload, resolve)),
  };
}

/** Rejects as Redis does when it is away. */
export const away = () => Promise.reject(new ChatError('SERVICE_UNAVAILABLE'));

let count = 0;
