/** Engine.IO 4 and Socket.IO 5 as text frames over WebSocket: what a client of C2C says and hears. No binary, one namespace. */

/** A frame of the server. `args` of an event begin behind its name; a frame that is none of these is `unknown`. */
export type Packet =
  | { type: 'open'; handshake: unknown }
  | { type: 'ping'; data: string }
  | { type: 'pong' | 'close' | 'noop' | 'disconnect' }
  | { type: 'connect'; sid: string }
  | { type: 'connect_error'; data: unknown }
  | { type: 'event'; name: string; args: unknown[]; id: number | null }
  | { type: 'ack'; id: number; args: unknown[] }
  | { type: 'unknown'; frame: string };

const ENGINE = { '0': 'open', '1': 'close', '2': 'ping', '3': 'pong', '6': 'noop' } as const;

/** Asks to enter the namespace; `auth` goes into the handshake. */
export function encodeConnect(auth: Readonly<Record<string, unknown>>): string {
  return `40${JSON.stringify(auth)}`;
}

/** An event with one argument; with `id` the server answers it. */
export function encodeEvent(name: string, payload: unknown, id: number | null = null): string {
  return `42${id ?? ''}${JSON.stringify([name, payload])}`;
}

/** The answer to Engine.IO's ping. */
export function encodePong(data = ''): string {
  return `3${data}`;
}

/** Leaves the namespace, as a client that closes in order does. */
export function encodeDisconnect(): string {
  return '41';
}

/** Reads one text frame. Never throws. */
export function decode(frame: string): Packet {
  const kind = frame[0] ?? '';
  try {
    if (kind === '4') return decodeMessage(frame);
    if (kind === '2') return { type: 'ping', data: frame.slice(1) };
    if (kind === '0') return { type: 'open', handshake: JSON.parse(frame.slice(1)) };
    if (kind === '1' || kind === '3' || kind === '6') return { type: ENGINE[kind] };
  } catch {
    // not what the protocol allows
  }
  return { type: 'unknown', frame };
}

function decodeMessage(frame: string): Packet {
  const start = digitsEnd(frame, 2);
  const id = start === 2 ? null : Number(frame.slice(2, start));
  const text = frame.slice(start);
  switch (frame[1]) {
    case '0':
      return { type: 'connect', sid: sidOf(JSON.parse(text)) };
    case '1':
      return { type: 'disconnect' };
    case '2':
      return event(JSON.parse(text), id) ?? { type: 'unknown', frame };
    case '3':
      return ack(JSON.parse(text), id) ?? { type: 'unknown', frame };
    case '4':
      return { type: 'connect_error', data: JSON.parse(text) };
    default:
      return { type: 'unknown', frame };
  }
}

function digitsEnd(frame: string, from: number): number {
  let at = from;
  while (at < frame.length && frame.charCodeAt(at) >= 48 && frame.charCodeAt(at) <= 57) at += 1;
  return at;
}

function sidOf(data: unknown): string {
  return typeof data === 'object' && data !== null && 'sid' in data ? String(data.sid) : '';
}

function event(data: unknown, id: number | null): Packet | null {
  if (!Array.isArray(data) || typeof data[0] !== 'string') return null;
  return { type: 'event', name: data[0], args: data.slice(1), id };
}

function ack(data: unknown, id: number | null): Packet | null {
  return Array.isArray(data) && id !== null ? { type: 'ack', id, args: data } : null;
}
