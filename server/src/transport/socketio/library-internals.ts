/**
 * Everything we use of Engine.IO, and of the `ws` below it, beyond their public types. Nothing else reaches into them, and
 * `test/http/doors-library-internals.test.ts` holds the installed versions to what is taken for granted here.
 */
import type { Duplex } from 'node:stream';
import type { Socket as EngineSocket } from 'engine.io';
import type { Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import { compactList, compactListeners, tcpSocketOf } from '../library-slack.ts';

/** A packet that waits in Engine.IO. */
export type EnginePacket = { type: string; data?: string | Buffer };
/** What Engine.IO's polling transport does with packets, and the close that waits for the next poll. */
export type PollingTransport = { send(packets: EnginePacket[]): void; shouldClose?: (() => void) | null };

type RawTransport = { name: string; writable: boolean; perMessageDeflate?: unknown; socket?: WebSocket };
type RawConnection = { transport: RawTransport; upgrading: boolean; readyState: string; writeBuffer: EnginePacket[] };

const raw = (conn: EngineSocket) => conn as unknown as RawConnection;

/**
 * The TCP or TLS socket that bytes may go to right now, past Engine.IO and `ws`, and be in order with everything that was
 * sent: an open WebSocket without compression, no upgrade under way, nothing queued, the last packet written. Null
 * otherwise. Both libraries hand what they are given to this socket in the same turn.
 */
export function directSocketOf(conn: EngineSocket): Duplex | null {
  const { transport, upgrading, readyState, writeBuffer } = raw(conn);
  if (transport.name !== 'websocket' || readyState !== 'open' || upgrading) return null;
  if (!transport.writable || writeBuffer.length > 0 || transport.perMessageDeflate) return null;
  const socket = transport.socket ? tcpSocketOf(transport.socket) : null;
  return socket?.writable ? socket : null;
}

/** What waits for the transport of a connection. Engine.IO begins a new array whenever it has handed the old one on. */
export function queueOf(conn: EngineSocket): { writeBuffer: EnginePacket[] } {
  return raw(conn);
}

/** The WebSocket below a connection; null while it polls. */
export function webSocketOf(conn: EngineSocket): WebSocket | null {
  return raw(conn).transport.socket ?? null;
}

/** The transport of a connection that polls; null once it is a WebSocket. */
export function pollingOf(conn: EngineSocket): PollingTransport | null {
  return conn.transport.name === 'polling' ? (conn.transport as unknown as PollingTransport) : null;
}

/** Forgets the handshake request, and listeners to what can happen no more, which both live as long as the connection. */
export function dropHandshakeRequest(conn: EngineSocket): void {
  Object.assign(conn, { request: null });
  if (conn.transport.name !== 'websocket') return;
  // Only a poll has headers; a WebSocket's errors are its transport's from now on.
  conn.transport.removeAllListeners('headers');
  const webSocket = raw(conn).transport.socket;
  for (const listener of webSocket?.listeners('error') ?? []) {
    if (listener.name === 'onUpgradeError') webSocket?.off('error', listener as () => void);
  }
}

/**
 * Runs Engine.IO's upgrade. It makes a response of its own for middlewares that wait for the end of one, and the TCP
 * connection's `close` would hold that, and the request with it, as long as the connection lives. There are no middlewares.
 */
export function upgradeWithoutResponse(socket: Duplex, upgrade: () => void): void {
  const before = socket.listenerCount('close');
  upgrade();
  const first = socket.rawListeners('close')[before] as (() => void) | undefined;
  if (first !== undefined && 'listener' in first) socket.off('close', first);
}

const NO_HANDSHAKE = Object.freeze({ headers: {}, query: {}, auth: {} });

/** Nobody here asks a client for acknowledgements: one map is enough for all, and takes none. */
class NoAcks extends Map<number, never> {
  override set(): never {
    throw new Error('events of this door are not acknowledged by clients');
  }
}
const NO_ACKS = new NoAcks();

/** Forgets what the handshake said, token included: it is read once, before the client is let in. */
export function dropHandshake(socket: Socket): void {
  Object.assign(socket, { handshake: NO_HANDSHAKE, acks: NO_ACKS });
}

/** Gives back what a connection has in reserve: to be called when all listeners are in place, and again after an upgrade. */
export function compactConnection(conn: EngineSocket): void {
  const webSocket = raw(conn).transport.socket;
  if (conn.readyState !== 'open' || !webSocket) return;
  compactListeners(conn);
  compactListeners(conn.transport);
  compactListeners(webSocket);
  const tcpSocket = tcpSocketOf(webSocket);
  if (tcpSocket !== null) compactListeners(tcpSocket);
  compactList(conn, 'cleanupFn');
}

/** The same for what Socket.IO holds of it. */
export function compactSocket(socket: Socket): void {
  compactListeners(socket);
  const { decoder } = (socket as unknown as { client: { decoder?: { _callbacks?: object } } }).client;
  if (decoder?._callbacks) compactList(decoder._callbacks, '$decoded');
}

/** As `socket.use` for the one and only middleware, without room for sixteen more. */
export function useOnly(socket: Socket, middleware: Parameters<Socket['use']>[0]): void {
  if (Array.isArray((socket as unknown as { fns?: unknown }).fns)) Object.assign(socket, { fns: [middleware] });
  else socket.use(middleware);
}
