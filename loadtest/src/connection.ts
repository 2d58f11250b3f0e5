/** One connection of a member over k6's WebSocket: opened, asked, told, ended. It ends exactly once and never comes back. */
import { clearTimeout, setTimeout } from 'k6/timers';
import { WebSocket } from 'k6/websockets';
import { type Dialect, dialectOf, type Heard, type Reply } from './dialect.ts';
import type { Door } from './profiles.ts';

/** `heard` gets events in their order; `ended` is told once, after `admitted` or instead of it. */
export type ConnectionOptions = {
  url: string;
  door: Door;
  token: string;
  admitted(): void;
  heard(name: string, payload: unknown): void;
  ended(reason: string): void;
};

/** An open connection. */
export interface Connection {
  /** `done` runs in the turn of the answer: before the next event, which may depend on it. */
  request(type: string, payload: object, done: (reply: Reply) => void): void;
  tell(type: string, payload: object): void;
  /** Closes in order. `ended` is told at once. */
  close(): void;
}

/** Under pressure a connect may take seconds; k6 may also swallow the server's first frame, which then never comes. */
const ADMIT_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 10_000;

type Waiting = { done(reply: Reply): void; timer: number };

/** Opens a connection at once. */
export function openConnection(options: ConnectionOptions): Connection {
  const dialect = dialectOf(options.door);
  const socket = new WebSocket(`${options.url.replace(/^http/, 'ws')}${dialect.path}`);
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let state: 'opening' | 'open' | 'ended' = 'opening';

  const end = (reason: string) => {
    if (state === 'ended') return;
    state = 'ended';
    clearTimeout(patience);
    for (const { done, timer } of waiting.values()) {
      clearTimeout(timer);
      done({ ok: false, code: 'CONNECTION_LOST' });
    }
    waiting.clear();
    closeQuietly(socket);
    options.ended(reason);
  };
  const patience = setTimeout(() => end('not admitted in time'), ADMIT_WITHIN_MS);
  const admit = () => {
    if (state !== 'opening') return;
    state = 'open';
    clearTimeout(patience);
    options.admitted();
  };
  const take = (heard: Heard) => {
    if (heard.kind === 'event') options.heard(heard.name, heard.payload);
    else if (heard.kind === 'answer') answer(heard.id, heard.answer);
    else if (heard.kind === 'reply') socket.send(heard.frame);
    else if (heard.kind === 'admitted') admit();
    else if (heard.kind !== 'nothing') end(heard.reason);
  };
  const answer = (id: number, reply: Reply) => {
    const request = waiting.get(id);
    if (request === undefined || !waiting.delete(id)) return;
    clearTimeout(request.timer);
    request.done(reply);
  };

  socket.onopen = () => greet(socket, dialect, { token: options.token, admit });
  socket.onmessage = (event) => {
    if (state !== 'ended' && typeof event?.data === 'string') take(dialect.read(event.data));
  };
  socket.onerror = (event) => end(event?.error ?? 'error');
  socket.onclose = () => end('closed');

  return {
    request(type, payload, done) {
      if (state === 'ended') return done({ ok: false, code: 'CONNECTION_LOST' });
      lastId += 1;
      const id = lastId;
      const timer = setTimeout(() => answer(id, { ok: false, code: 'NO_ANSWER' }), ANSWER_WITHIN_MS);
      waiting.set(id, { done, timer });
      socket.send(dialect.request(type, payload, id));
    },
    tell(type, payload) {
      if (state !== 'ended') socket.send(dialect.tell(type, payload));
    },
    close() {
      if (state === 'open' && dialect.farewell !== null) socket.send(dialect.farewell);
      end('left');
    },
  };
}

function greet(socket: WebSocket, dialect: Dialect, how: { token: string; admit(): void }): void {
  const greeting = dialect.greeting(how.token);
  if (greeting === null) how.admit();
  else socket.send(greeting);
}

/** A socket that is no longer open says so by throwing. */
function closeQuietly(socket: WebSocket): void {
  try {
    socket.close();
  } catch {
    // it is closed, which is what was wanted
  }
}
