/** Writes WebSocket frames that are already encoded past `ws`, straight to the socket below it. */
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Frame } from '../../service/live-ports.ts';

/**
 * Keeps the order with `ws.send`: without extensions `ws` writes each frame to this socket in the same turn and queues
 * nothing itself (`test/http/doors-ready-frames.test.ts` holds the installed version to that). With an extension frames go through `ws`.
 */
export function writeReadyFrames(ws: WebSocket, socket: Duplex, frames: readonly Frame[]): void {
  if (ws.readyState !== WebSocket.OPEN || !socket.writable) return;
  if (ws.extensions !== '') {
    for (const frame of frames) ws.send(frame.websocket);
    return;
  }
  // One system call for the whole tick.
  if (frames.length > 1) socket.cork();
  for (const frame of frames) socket.write(frame.websocketBytes);
  if (frames.length > 1) socket.uncork();
}
