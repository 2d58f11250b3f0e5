/** Room events on one Engine.IO connection, in order with everything else on it: straight to TCP, or as packets. */
import type { Socket as EngineSocket } from 'engine.io';
import type { FrameBatch } from '../../service/live-ports.ts';
import { writeBytes } from '../tcp-writes.ts';
import { directSocketOf, type EnginePacket, pollingOf, queueOf, webSocketOf } from './library-internals.ts';

/** Python's clients end the connection at one packet more. */
export const POLLING_PACKETS_MAX = 16;

/** Writes the shared bytes to TCP where nothing stands before them; else hands Engine.IO one packet after the other. */
export function writeBatch(conn: EngineSocket, batch: FrameBatch, isFastPathOn: boolean): void {
  const socket = isFastPathOn ? directSocketOf(conn) : null;
  if (socket) writeBytes(socket, batch.socketioBytes);
  else for (const frame of batch.frames) conn.write(frame.socketio, { compress: false });
}

/** What was counted of a queue goes with the queue: most connections have an empty one, and keep nothing. */
const counted = new WeakMap<readonly EnginePacket[], { packets: number; bytes: number }>();

/** What waits in Engine.IO and below it. It only looks at what came since the last call: the queue is long when it matters. */
export function unsentBytesOf(conn: EngineSocket): number {
  const { writeBuffer } = queueOf(conn);
  const below = webSocketOf(conn)?.bufferedAmount ?? 0;
  if (writeBuffer.length === 0) return below;
  const known = counted.get(writeBuffer) ?? { packets: 0, bytes: 0 };
  for (; known.packets < writeBuffer.length; known.packets++) {
    known.bytes += writeBuffer[known.packets]?.data?.length ?? 0;
  }
  counted.set(writeBuffer, known);
  return known.bytes + below;
}

/** Ends a connection whose client has stopped reading: nothing that waits is kept for it. */
export function cutEngine(conn: EngineSocket): void {
  const webSocket = webSocketOf(conn);
  conn.close(true);
  webSocket?.terminate();
}

/**
 * Hands a polling transport at most 16 packets for one answer; the others go back to the head of the queue and leave
 * with the next poll, or by WebSocket after the upgrade. A pending close waits until the queue is empty.
 */
export function limitPollingAnswers(conn: EngineSocket): void {
  const transport = pollingOf(conn);
  if (transport === null) return;
  const send = transport.send.bind(transport);
  transport.send = (packets) => {
    const pendingClose = transport.shouldClose ?? null;
    if (packets.length + (pendingClose ? 1 : 0) <= POLLING_PACKETS_MAX) return send(packets);
    const queue = queueOf(conn);
    queue.writeBuffer = [...packets.splice(POLLING_PACKETS_MAX), ...queue.writeBuffer];
    transport.shouldClose = null;
    send(packets);
    transport.shouldClose = pendingClose;
  };
}
