/** Events as bytes for both doors: encoded at most once per node and door, however many connections they go to. */
import type { ServerEventName, ServerEvents } from '../protocol/index.ts';
import type { Frame, FrameBatch } from '../service/live-ports.ts';

const PUBLISHED_MSG = '{"type":"msg",'.length;

/** A message as the script published it: the JSON is wrapped as it is, neither parsed nor decoded. */
export function messageFrame(published: Buffer): Frame {
  return new EncodedFrame('msg', published.subarray(PUBLISHED_MSG));
}

/** Any other event of ours. */
export function eventFrame<E extends ServerEventName>(event: E, payload: ServerEvents[E]): Frame {
  return new EncodedFrame(event, Buffer.from(JSON.stringify(payload).slice(1)));
}

/** An event that a trusted program published by hand; the payload is an object with at least `roomId`. */
export function customFrame(event: string, payload: { roomId: string }): Frame {
  return new EncodedFrame(event, Buffer.from(JSON.stringify(payload).slice(1)));
}

/** Frames that leave together. */
export function batchOf(frames: readonly Frame[]): FrameBatch {
  return new EncodedBatch(frames);
}

/** `fields` is the payload's JSON without its opening brace, and not empty: every event names its room. */
class EncodedFrame implements Frame {
  readonly event: string;
  readonly fields: Buffer;
  #socketio: string | undefined;
  #websocket: string | undefined;

  constructor(event: string, fields: Buffer) {
    this.event = event;
    this.fields = fields;
  }

  get socketio(): string {
    this.#socketio ??= `2["${this.event}",{${this.fields.toString()}]`;
    return this.#socketio;
  }

  get websocket(): string {
    this.#websocket ??= `{"t":"${this.event}",${this.fields.toString()}`;
    return this.#websocket;
  }
}

class EncodedBatch implements FrameBatch {
  readonly frames: readonly Frame[];
  readonly size: number;
  #socketioBytes: Buffer | undefined;
  #websocketBytes: Buffer | undefined;

  constructor(frames: readonly Frame[]) {
    this.frames = frames;
    let size = 0;
    for (const { fields } of frames) size += fields.length;
    this.size = size;
  }

  get socketioBytes(): Buffer {
    this.#socketioBytes ??= encode(this.frames, SOCKETIO);
    return this.#socketioBytes;
  }

  get websocketBytes(): Buffer {
    this.#websocketBytes ??= encode(this.frames, WEBSOCKET);
    return this.#websocketBytes;
  }
}

/** What stands before the event's name, between it and the fields, and behind them. All ASCII. */
type Wrapping = { before: string; between: string; after: string };
const SOCKETIO: Wrapping = { before: '42["', between: '",{', after: ']' };
const WEBSOCKET: Wrapping = { before: '{"t":"', between: '",', after: '' };

/** One buffer for all: final, unmasked text frames (RFC 6455, section 5.2), one behind the other. */
function encode(frames: readonly Frame[], { before, between, after }: Wrapping): Buffer {
  const around = before.length + between.length + after.length;
  let total = 0;
  for (const { event, fields } of frames) {
    const length = around + event.length + fields.length;
    total += headerOf(length) + length;
  }
  const bytes = Buffer.allocUnsafe(total);
  let at = 0;
  for (const { event, fields } of frames) {
    at = writeHeader(bytes, at, around + event.length + fields.length);
    at += bytes.write(before + event + between, at, 'latin1');
    at += fields.copy(bytes, at);
    if (after !== '') at += bytes.write(after, at, 'latin1');
  }
  return bytes;
}

function headerOf(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

/** Answers where the text begins. */
function writeHeader(bytes: Buffer, at: number, length: number): number {
  bytes[at] = 0x81;
  if (length < 126) {
    bytes[at + 1] = length;
    return at + 2;
  }
  if (length < 65_536) {
    bytes[at + 1] = 126;
    return bytes.writeUInt16BE(length, at + 2);
  }
  bytes[at + 1] = 127;
  return bytes.writeBigUInt64BE(BigInt(length), at + 2);
}
