/**
 * Everything we use of Engine.IO beyond its public types, for one connection: ready frames, what waits, cutting, and the
 * limit of a polling answer. `test/http/doors-engine-internals.test.ts` holds the installed version to it.
 */
import type { Socket as EngineSocket } from 'engine.io';
import type { Frame } from '../../service/live-ports.ts';

type Packet = { type: string; data?: string | Buffer; options?: { wsPreEncodedFrame?: readonly Buffer[] } };
type WriteBuffer = { writeBuffer: Packet[] };
type Polling = { send(packets: Packet[]): void; shouldClose?: (() => void) | null };

/** Python's clients end the connection at one packet more. */
export const POLLING_PACKETS_MAX = 16;

const internals = (conn: EngineSocket) => conn as unknown as WriteBuffer;

/**
 * Writes frames in order with everything else on the connection. Over WebSocket the shared bytes go out as they are;
 * over polling, and while the transport is being upgraded, Engine.IO encodes the text.
 */
export function writeFrames(conn: EngineSocket, frames: readonly Frame[]): void {
  for (const frame of frames) {
    const options = { wsPreEncodedFrame: [frame.socketioBytes], compress: false };
    conn.write(frame.socketio, options);
  }
}

/** Counts what waits in Engine.IO and below it. It only looks at what came since the last call: the buffer is long when it matters. */
export class Backlog {
  #buffer: readonly Packet[] = [];
  #counted = 0;
  #bytes = 0;

  bytesOf(conn: EngineSocket): number {
    const { writeBuffer } = internals(conn);
    if (writeBuffer !== this.#buffer) {
      // Engine.IO starts a new array whenever it has handed the old one to the transport.
      this.#buffer = writeBuffer;
      this.#counted = 0;
      this.#bytes = 0;
    }
    for (; this.#counted < writeBuffer.length; this.#counted++) this.#bytes += sizeOf(writeBuffer[this.#counted]);
    return this.#bytes + (webSocketOf(conn)?.bufferedAmount ?? 0);
  }
}

function sizeOf(packet: Packet | undefined): number {
  return packet?.options?.wsPreEncodedFrame?.[0]?.length ?? packet?.data?.length ?? 0;
}

type RawWebSocket = { bufferedAmount: number; terminate(): void };

function webSocketOf(conn: EngineSocket): RawWebSocket | null {
  const { transport } = conn;
  return 'socket' in transport ? (transport.socket as RawWebSocket) : null;
}

/** Ends a connection whose client has stopped reading: nothing that waits is kept for it. */
export function cutEngine(conn: EngineSocket): void {
  const webSocket = webSocketOf(conn);
  conn.close(true);
  webSocket?.terminate();
}

/** Forgets the handshake request, which Engine.IO keeps as long as the connection lives. */
export function dropHandshakeRequest(conn: EngineSocket): void {
  Object.assign(conn, { request: null });
}

/**
 * Hands a polling transport at most 16 packets for one answer; the others go back to the head of the queue and leave
 * with the next poll, or by WebSocket after the upgrade. A pending close waits until the queue is empty.
 */
export function limitPollingAnswers(conn: EngineSocket): void {
  if (conn.transport.name !== 'polling') return;
  const transport = conn.transport as unknown as Polling;
  const send = transport.send.bind(transport);
  transport.send = (packets) => {
    const pendingClose = transport.shouldClose ?? null;
    if (packets.length + (pendingClose ? 1 : 0) <= POLLING_PACKETS_MAX) return send(packets);
    const queue = internals(conn);
    queue.writeBuffer = [...packets.splice(POLLING_PACKETS_MAX), ...queue.writeBuffer];
    transport.shouldClose = null;
    send(packets);
    transport.shouldClose = pendingClose;
  };
}
