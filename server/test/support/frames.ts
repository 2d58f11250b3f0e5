/** Frames made by hand, as fan-out makes them. */
import type { Frame } from '../../src/service/live-ports.ts';

/** One event for all kinds of connections. */
export function frameOf(event: string, payload: object): Frame {
  const socketio = `2${JSON.stringify([event, payload])}`;
  const websocket = JSON.stringify({ t: event, ...payload });
  return {
    size: websocket.length,
    socketio,
    socketioBytes: textFrame(`4${socketio}`),
    websocket,
    websocketBytes: textFrame(websocket),
  };
}

/** `count` numbered events. */
export function numberedFrames(count: number, first = 1): Frame[] {
  return Array.from({ length: count }, (_, index) => frameOf('test', { n: first + index, text: '안녕 🎉' }));
}

/** One unmasked WebSocket text frame (RFC 6455, 5.2). */
export function textFrame(text: string): Buffer {
  const body = Buffer.from(text);
  if (body.length < 126) return Buffer.concat([Buffer.from([0x81, body.length]), body]);
  const header = Buffer.alloc(body.length < 65_536 ? 4 : 10);
  header[0] = 0x81;
  header[1] = body.length < 65_536 ? 126 : 127;
  if (body.length < 65_536) header.writeUInt16BE(body.length, 2);
  else header.writeBigUInt64BE(BigInt(body.length), 2);
  return Buffer.concat([header, body]);
}
