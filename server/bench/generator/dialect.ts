/** What a client of each kind of server says: Socket.IO's packets, or one JSON object a frame. */

/** How a connection is opened and what is said on it. */
export interface Dialect {
  readonly path: string;
  /** Whether the client waits for the server's first word; otherwise it joins at once. */
  readonly isServerFirst: boolean;
  /** What a text of the server means before the room is entered. */
  read(text: string): Heard;
  authenticate(token: string): string;
  join(payload: JoinPayload): string;
  message(payload: { roomId: string; text: string; clientMsgId: string }): string;
}

/** `after` and `token` are C2C's; the others ignore them. */
export type JoinPayload = { roomId: string; token: string; after?: string };

/** `open`: authenticate now; `admitted`: join now; `joined` carries the payload; `refused` the reason; after `resync` the sequence goes on elsewhere. */
export type Heard =
  | { kind: 'open' | 'admitted' | 'other' }
  | { kind: 'joined' | 'refused' | 'resync'; payload: string };

const OTHER: Heard = { kind: 'other' };
const JOINED_EVENT = '42["joined",';
const ERROR_EVENT = '42["error",';
const RESYNC_EVENT = '42["resync",';

/** Engine.IO 4 and Socket.IO 5 over WebSocket alone. */
export const SOCKETIO: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  isServerFirst: true,
  read(text) {
    if (text.startsWith(JOINED_EVENT)) return { kind: 'joined', payload: text.slice(JOINED_EVENT.length, -1) };
    if (text.startsWith(RESYNC_EVENT)) return { kind: 'resync', payload: text.slice(RESYNC_EVENT.length, -1) };
    if (text.startsWith('40')) return { kind: 'admitted' };
    if (text.startsWith('0')) return { kind: 'open' };
    if (text.startsWith('44')) return { kind: 'refused', payload: text.slice(2) };
    if (text.startsWith(ERROR_EVENT)) return { kind: 'refused', payload: text.slice(ERROR_EVENT.length, -1) };
    return OTHER;
  },
  authenticate: (token) => `40${JSON.stringify({ token })}`,
  join: ({ token: _, ...payload }) => `42${JSON.stringify(['join', payload])}`,
  message: (payload) => `42${JSON.stringify(['msg', payload])}`,
};

/** C2C's `/ws`, which the bare peers speak as well. */
export const WEBSOCKET: Dialect = {
  path: '/ws',
  isServerFirst: false,
  read(text) {
    if (text.startsWith('{"t":"joined",')) return { kind: 'joined', payload: text };
    if (text.startsWith('{"t":"resync",')) return { kind: 'resync', payload: text };
    if (text.startsWith('{"t":"error",')) return { kind: 'refused', payload: text };
    return OTHER;
  },
  authenticate: () => '',
  join: (payload) => JSON.stringify({ t: 'join', ...payload }),
  message: (payload) => JSON.stringify({ t: 'msg', ...payload }),
};
