/** A service for tests of the doors: it knows some tokens by heart and answers requests with what they were. */
import type { Answer, ErrorCode, Joined, WireError } from '../../src/protocol/index.ts';
import { ChatError } from '../../src/service/chat-error.ts';
import type { Connections, Gateway, Peer, PeerSession } from '../../src/service/gateway.ts';

/** Tokens that are wrong, and how; any other token is right and is its own session id. */
const WRONG_TOKENS: Record<string, ErrorCode> = {
  forged: 'UNAUTHORIZED',
  expired: 'SESSION_EXPIRED',
  foreign: 'FORBIDDEN',
  'no:name': 'VALIDATION_FAILED',
  unlucky: 'SERVICE_UNAVAILABLE',
};

export type EchoedConnection = { peer: Peer; locale: string | undefined; sid: string | null; isClosed: boolean };
export type EchoedRequest = { name: string; payload: unknown };

export interface EchoGateway extends Gateway, Pick<Connections, 'endSession'> {
  readonly connections: EchoedConnection[];
  readonly requests: EchoedRequest[];
  /** The newest connection's peer. */
  lastPeer(): Peer;
}

export function createEchoGateway(): EchoGateway {
  const connections: EchoedConnection[] = [];
  const requests: EchoedRequest[] = [];
  return {
    connections,
    requests,
    open(peer, locale) {
      const connection: EchoedConnection = { peer, locale, sid: null, isClosed: false };
      connections.push(connection);
      return echoSession(connection, requests);
    },
    endSession(sid) {
      for (const { peer } of connections.filter((one) => one.sid === sid && !one.isClosed)) {
        peer.emit('error', wireError('SESSION_EXPIRED'));
        peer.close('SESSION_EXPIRED');
      }
    },
    lastPeer() {
      const last = connections.at(-1);
      if (!last) throw new Error('nobody has connected');
      return last.peer;
    },
  };
}

function echoSession(connection: EchoedConnection, requests: EchoedRequest[]): PeerSession {
  return {
    async authenticate(token) {
      const code = WRONG_TOKENS[token];
      if (code !== undefined) return wireError(code);
      connection.sid = token;
      return null;
    },
    isAuthenticated: () => connection.sid !== null,
    isWaiting: () => false,
    askAgain: () => undefined,
    request(name, payload, reply) {
      if (name === 'explode') throw new Error('a defect');
      requests.push({ name, payload });
      if (name === 'join') connection.sid ??= 'joined';
      reply(answerTo(name, payload));
    },
    refusal: (error) => (error instanceof ChatError ? wireError(error.code, error.details) : wireError('INTERNAL')),
    useLocale(raw) {
      connection.locale = raw;
    },
    closed() {
      connection.isClosed = true;
    },
  };
}

function answerTo(name: string, payload: unknown): Answer {
  if (name === 'join') return { ok: true, data: joined };
  if (name === 'ping') return { ok: true, data: {} };
  if (name === 'msg' || name === 'leave') return { ok: true, data: { echo: payload } };
  return { ok: false, error: wireError(name === 'history' ? 'NOT_A_MEMBER' : 'VALIDATION_FAILED') };
}

export const joined: Joined = {
  roomId: 'abc12345',
  title: null,
  me: '홍길동',
  members: ['홍길동'],
  online: ['홍길동'],
  memberCount: 1,
  onlineCount: 1,
  rev: 1,
  reads: {},
  seq: 0,
  position: 'e.00000000-0',
  missed: [],
  more: false,
};

export function wireError(code: ErrorCode, details = {}): WireError {
  return { code, message: code, retryable: false, details };
}
