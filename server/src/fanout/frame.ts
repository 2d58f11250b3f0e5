/** Events as bytes for both doors: encoded at most once per node, and only for the doors that are asked for. */
import type { ServerEventName, ServerEvents } from '../protocol/index.ts';
import type { Frame } from '../service/live-ports.ts';

const PUBLISHED_MSG = '{"type":"msg",';

/** A message as the script published it: the JSON is wrapped, never parsed. */
export function messageFrame(published: string): Frame {
  return new EncodedFrame('msg', published.slice(PUBLISHED_MSG.length));
}

/** Any other event of ours. */
export function eventFrame<E extends ServerEventName>(event: E, payload: ServerEvents[E]): Frame {
  return new EncodedFrame(event, JSON.stringify(payload).slice(1));
}

/** An event that a trusted program published by hand; the payload is an object with at least `roomId`. */
export function customFrame(event: string, payload: { roomId: string }): Frame {
  return new EncodedFrame(event, JSON.stringify(payload).slice(1));
}

/** `fields` is the payload's JSON without its opening brace, and not empty: every event names its room. */
class EncodedFrame implements Frame {
  readonly #event: string;
  readonly #fields: string;
  #socketioBytes: Buffer | undefined;
  #websocketBytes: Buffer | undefined;

  constructor(event: string, fields: string) {
    this.#event = event;
    this.#fields = fields;
  }

  get size(): number {
    return this.#fields.length;
  }

  get socketio(): string {
    return `2["${this.#event}",{${this.#fields}]`;
  }

  get websocket(): string {
    return `{"t":"${this.#event}",${this.#fields}`;
  }

  get socketioBytes(): Buffer {
    this.#socketioBytes ??= textFrame(`4${this.socketio}`);
    return this.#socketioBytes;
  }

  get websocketBytes(): Buffer {
    this.#websocketBytes ??= textFrame(this.websocket);
    return this.#websocketBytes;
  }
}

/** One final, unmasked text frame (RFC 6455, section 5.2). */
function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = 0x81;
  if (header === 2) frame[1] = length;
  else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, header);
  return frame;
}
