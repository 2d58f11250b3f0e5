/** The node's one HTTP server: what goes to Engine.IO, to `/ws` and to Fastify, and who is not let in just now. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyServerFactory } from 'fastify';
import { ChatError } from '../../service/chat-error.ts';
import type { ErrorWriter, NegotiateLocale } from '../../service/edge-ports.ts';
import type { Failures } from '../../service/ports.ts';
import type { Refusal } from '../door-limits.ts';
import { fail } from './envelope.ts';
import { writeResponse } from './raw-response.ts';
import { retryAfterSeconds } from './replies.ts';

/** Takes over a request, or an upgrade, completely; the door does nothing more with it. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** What the front door needs. */
export type FrontDoorDeps = {
  /** Whether the page behind a request may use the doors; asked of everything but REST. */
  accepts(request: IncomingMessage): boolean;
  /** Asked at each handshake, before anything is spent on it: null lets it in. */
  admit(request: IncomingMessage): Refusal | null;
  socketio: { request(request: IncomingMessage, response: ServerResponse): void; upgrade: UpgradeHandler };
  websocket: { upgrade: UpgradeHandler };
  errors: ErrorWriter;
  negotiateLocale: NegotiateLocale;
  failures: Failures;
  /** How long a request may take to come in. */
  requestTimeoutMs: number;
  /** Counts a handshake that was refused. */
  countRefused?(code: Refusal['code']): void;
};

type Door = 'socketio' | 'websocket' | 'other';
type Answer = { status: number; body: string; headers: Record<string, string> };

/** Whoever sends headers or a body drop by drop (slow loris) holds a connection so long and no longer. */
const serverOptions = (requestTimeoutMs: number) => ({
  // Longer than nginx keeps an idle connection to us, so that it never writes into one we are closing.
  keepAliveTimeout: 75_000,
  headersTimeout: requestTimeoutMs / 2,
  requestTimeout: requestTimeoutMs,
  connectionsCheckingInterval: requestTimeoutMs / 4,
  maxHeaderSize: 16 * 1024,
});

/** nginx asks this before each upgrade: answered here, since Fastify's way to it costs more than the handshake. */
const LIVE_PATH = '/health/live';
const LIVE_BODY = JSON.stringify({ status: 'ok' });
const LIVE_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'content-length': LIVE_BODY.length,
  'cache-control': 'no-store',
};

/**
 * A server factory for `createHttpApp`. New handshakes (no `sid`) that are not admitted get `Retry-After` and the envelope:
 * with 503, so that nginx takes them to another node, or with 429, which stands. Requests of a running session pass.
 * Pages of other hosts get 403, whatever they ask.
 */
export function createFrontDoor(deps: FrontDoorDeps): FastifyServerFactory<Server> {
  return (serveHttp) => {
    const server = createServer(serverOptions(deps.requestTimeoutMs));
    server.on('request', (request, response) => {
      if (request.url === LIVE_PATH) response.writeHead(200, LIVE_HEADERS).end(LIVE_BODY);
      else if (doorOf(request) === 'socketio') admitRequest(deps, request, response);
      else serveHttp(request, response);
    });
    server.on('upgrade', (request, socket, head) => {
      // A peer that resets before anybody else listens must not end the process.
      socket.on('error', hangUp);
      admitUpgrade(deps, { request, socket, head });
    });
    return server;
  };
}

/** One function for all connections. */
function hangUp(this: Duplex): void {
  this.destroy();
}

function admitRequest(deps: FrontDoorDeps, request: IncomingMessage, response: ServerResponse): void {
  try {
    const refusal = judge(deps, request, isHandshake(request));
    if (refusal === null) {
      deps.socketio.request(request, response);
      return;
    }
    const { status, headers, body } = refuse(deps, request, refusal);
    response.writeHead(status, { ...headers, connection: 'close' }).end(body);
  } catch (error) {
    deps.failures.report('front-door', error);
    response.destroy();
  }
}

function admitUpgrade(deps: FrontDoorDeps, upgrade: { request: IncomingMessage; socket: Duplex; head: Buffer }): void {
  const { request, socket, head } = upgrade;
  try {
    const door = doorOf(request);
    const refusal = door === 'other' ? null : judge(deps, request, door === 'websocket' || isHandshake(request));
    if (door === 'other') writeResponse(socket, toAnswer(deps, request, new ChatError('NOT_FOUND')));
    else if (refusal !== null) writeResponse(socket, refuse(deps, request, refusal));
    else deps[door].upgrade(request, socket, head);
  } catch (error) {
    deps.failures.report('front-door', error);
    socket.destroy();
  }
}

function doorOf({ url = '/' }: IncomingMessage): Door {
  const path = url.split('?', 1)[0] ?? '/';
  if (path === '/socket.io' || path.startsWith('/socket.io/')) return 'socketio';
  return path === '/ws' ? 'websocket' : 'other';
}

function judge(deps: FrontDoorDeps, request: IncomingMessage, isNew: boolean): Refusal | null {
  if (!deps.accepts(request)) return { code: 'FORBIDDEN' };
  return isNew ? deps.admit(request) : null;
}

/** A session that runs carries its `sid`, on polls and on the upgrade; a client that comes new has none. A preflight is no client. */
function isHandshake({ url = '/', method }: IncomingMessage): boolean {
  return method !== 'OPTIONS' && !new URLSearchParams(url.split('?', 2)[1] ?? '').get('sid');
}

function refuse(deps: FrontDoorDeps, request: IncomingMessage, { code, retryAfterMs }: Refusal): Answer {
  deps.countRefused?.(code);
  return toAnswer(deps, request, new ChatError(code, retryAfterMs === undefined ? {} : { retryAfterMs }));
}

function toAnswer(deps: FrontDoorDeps, request: IncomingMessage, error: ChatError): Answer {
  const locale = deps.negotiateLocale(request.headers['accept-language']);
  const told = deps.errors.toRestError(error, locale, '');
  const body = JSON.stringify(fail(told.error));
  const { retryAfterMs } = error.details;
  return {
    status: told.status,
    body,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      'content-language': locale,
      'cache-control': 'no-store',
      ...(retryAfterMs === undefined ? {} : { 'retry-after': retryAfterSeconds({ retryAfterMs }) }),
    },
  };
}
