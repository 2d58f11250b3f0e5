/**
 * Everything we use of Engine.IO, and of the `ws` below it, beyond their public types. Nothing else reaches into them, and
 * `test/http/doors-library-internals.test.ts` holds the installed versions to what is taken for granted here.
 */
import type { Duplex } from 'node:stream';
import type { Socket as EngineSocket } from 'engine.io';
import type { WebSocket } from 'ws';

/** A packet that waits in Engine.IO. */
export type EnginePacket = { type: string; data?: string | Buffer };
/** What Engine.IO's polling transport does with packets, and the close that waits for the next poll. */
export type PollingTransport = { send(packets: EnginePacket[]): void; shouldClose?: (() => void) | null };

type RawWebSocket = { _socket?: Duplex | null; bufferedAmount: number; terminate(): void };
type RawTransport = { name: string; writable: boolean; perMessageDeflate?: unknown; socket?: RawWebSocket };
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
  const socket = transport.socket?._socket;
  return socket?.writable ? socket : null;
}

/** What waits for the transport of a connection. Engine.IO begins a new array whenever it has handed the old one on. */
export function queueOf(conn: EngineSocket): { writeBuffer: EnginePacket[] } {
  return raw(conn);
}

/** The WebSocket below a connection; null while it polls. */
export function webSocketOf(conn: EngineSocket): Pick<WebSocket, 'bufferedAmount' | 'terminate'> | null {
  return raw(conn).transport.socket ?? null;
}

/** The transport of a connection that polls; null once it is a WebSocket. */
export function pollingOf(conn: EngineSocket): PollingTransport | null {
  return conn.transport.name === 'polling' ? (conn.transport as unknown as PollingTransport) : null;
}

/** Forgets the handshake request, which Engine.IO keeps as long as the connection lives. */
export function dropHandshakeRequest(conn: EngineSocket): void {
  Object.assign(conn, { request: null });
}
