/** The client's half of RFC 6455, as little of it as a load generator needs. */

/** Frames that matter here, by opcode. */
export const OPCODE = { text: 1, close: 8, ping: 9, pong: 10 } as const;

const FINAL = 0x80;
const MASKED = 0x80;

/** One masked frame. The mask is zero, so the payload stands there as it is: masking protects browsers, not a bench. */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  const isShort = payload.length < 126;
  if (payload.length > 0xffff) throw new Error('the generator sends no frame this long');
  const frame = Buffer.alloc((isShort ? 2 : 4) + 4 + payload.length);
  frame[0] = FINAL | opcode;
  frame[1] = MASKED | (isShort ? payload.length : 126);
  if (!isShort) frame.writeUInt16BE(payload.length, 2);
  payload.copy(frame, frame.length - payload.length);
  return frame;
}

/** One masked text frame. */
export function textFrame(text: string): Buffer {
  return clientFrame(OPCODE.text, Buffer.from(text));
}

/** Gets every whole frame of `bytes[0, end)`; answers how many bytes were taken. */
export interface FrameSink {
  frame(opcode: number, bytes: Buffer, span: { start: number; end: number }): void;
}

const span = { start: 0, end: 0 };

/** The span handed to the sink is reused: it holds only during the call. */
export function scanFrames(bytes: Buffer, end: number, sink: FrameSink): number {
  let at = 0;
  while (end - at >= 2) {
    const first = bytes[at] ?? 0;
    let length = (bytes[at + 1] ?? 0) & 0x7f;
    let header = 2;
    if (length === 126) {
      if (end - at < 4) break;
      length = bytes.readUInt16BE(at + 2);
      header = 4;
    } else if (length === 127) {
      if (end - at < 10) break;
      length = bytes.readUInt32BE(at + 6);
      header = 10;
    }
    if (end - at - header < length) break;
    span.start = at + header;
    span.end = span.start + length;
    sink.frame(first & 0x0f, bytes, span);
    at += header + length;
  }
  return at;
}
