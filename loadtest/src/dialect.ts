/** What a member says and hears on either door, made one: requests with an id, answers, events. */
import { decode, encodeConnect, encodeDisconnect, encodeEvent, encodePong } from './codec.ts';
import type { Door } from './profiles.ts';

/** The answer to a request: the code of an error is all that a load test needs of it. */
export type Reply = { ok: true; data: unknown } | { ok: false; code: string };

/** A frame as a member takes it. `reply` is to be sent at once. */
export type Heard =
  | { kind: 'admitted' }
  | { kind: 'reply'; frame: string }
  | { kind: 'refused' | 'ended'; reason: string }
  | { kind: 'event'; name: string; payload: unknown }
  | { kind: 'answer'; id: number; answer: Reply }
  | { kind: 'nothing' };

/** One door. `greeting` is sent when the socket opens; null where a member may speak at once. */
export interface Dialect {
  readonly path: string;
  greeting(token: string): string | null;
  request(type: string, payload: object, id: number): string;
  tell(type: string, payload: object): string;
  readonly farewell: string | null;
  read(frame: string): Heard;
}

const NOTHING: Heard = { kind: 'nothing' };
const FINAL: Readonly<Record<string, string>> = { disconnect: 'disconnect', close: 'close' };

const SOCKETIO: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  // a name is no token yet: it is claimed by the first join
  greeting: (token) => encodeConnect(token.startsWith('eyJ') ? { token } : {}),
  request: encodeEvent,
  tell: (type, payload) => encodeEvent(type, payload),
  farewell: encodeDisconnect(),
  read(frame) {
    const packet = decode(frame);
    switch (packet.type) {
      case 'event':
        return { kind: 'event', name: packet.name, payload: packet.args[0] };
      case 'ack':
        return { kind: 'answer', id: packet.id, answer: asAnswer(packet.args[0]) };
      case 'ping':
        return { kind: 'reply', frame: encodePong(packet.data) };
      case 'connect':
        return { kind: 'admitted' };
      case 'connect_error':
        return { kind: 'refused', reason: JSON.stringify(packet.data) };
      default: {
        const reason = FINAL[packet.type];
        return reason === undefined ? NOTHING : { kind: 'ended', reason };
      }
    }
  },
};

const WEBSOCKET: Dialect = {
  path: '/ws',
  greeting: () => null,
  request: (type, payload, id) => JSON.stringify({ t: type, id, ...payload }),
  tell: (type, payload) => JSON.stringify({ t: type, ...payload }),
  farewell: null,
  read(frame) {
    const { t, ...payload } = asRecord(JSON.parse(frame));
    if (typeof t !== 'string') return NOTHING;
    if (t !== 'ack') return { kind: 'event', name: t, payload };
    return { kind: 'answer', id: Number(payload.id), answer: asAnswer(payload) };
  },
};

/** The dialect of a door. */
export function dialectOf(door: Door): Dialect {
  return door === 'socketio' ? SOCKETIO : WEBSOCKET;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Anything that is no answer reads as a failure. */
function asAnswer(value: unknown): Reply {
  const { ok, data, error } = asRecord(value);
  if (ok === true) return { ok, data };
  const { code } = asRecord(error);
  return { ok: false, code: typeof code === 'string' ? code : 'UNREADABLE_ANSWER' };
}
