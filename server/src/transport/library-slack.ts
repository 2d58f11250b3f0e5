/**
 * What Node, Engine.IO and `ws` keep in reserve for a connection and an idle one never needs: dictionaries of listeners,
 * lists with room for sixteen more, the mask of a frame long read. Together a fifth of what a connection holds. Reaches into
 * their private parts; `test/http/doors-lean-connections.test.ts` holds the installed versions to what is assumed here.
 */
import type { Duplex } from 'node:stream';

/** Node keeps listeners by event in an object made as a dictionary; one of a class takes a fifth of that. */
class Listeners {
  [event: string | symbol]: unknown;
}
// As on a dictionary, there is nothing but what was put there.
Object.setPrototypeOf(Listeners.prototype, null);
Reflect.deleteProperty(Listeners.prototype, 'constructor');

type Receiver = { _state?: unknown; _bufferedBytes?: unknown; _buffers?: unknown; _mask?: unknown };
/** The receiver's state between two frames. */
const GET_INFO = 0;

/** The same listeners in the same order, in less room. */
export function compactListeners(emitter: object): void {
  const held = emitter as { _events?: Listeners };
  if (held._events === undefined) return;
  const compact = new Listeners();
  for (const event of Reflect.ownKeys(held._events)) {
    const listeners = held._events[event];
    if (listeners !== undefined) compact[event] = Array.isArray(listeners) ? listeners.slice() : listeners;
  }
  held._events = compact;
}

/** The TCP or TLS socket below a WebSocket. */
export function tcpSocketOf(ws: object): Duplex | null {
  return (ws as { _socket?: Duplex | null })._socket ?? null;
}

/** A field that holds a list: as long as what is in it. */
export function compactList(owner: object, field: string): void {
  const list = (owner as Record<string, unknown>)[field];
  if (Array.isArray(list)) Object.assign(owner, { [field]: list.slice() });
}

/** Gives back what reading frames has left, of those that have read since; at the end of the turn, when `ws` is done. */
export class ReadSlack {
  #readers: object[] = [];

  /** A frame of this connection is being read. */
  later(ws: object): void {
    if (this.#readers.push(ws) === 1) setImmediate(() => this.#giveBack());
  }

  #giveBack(): void {
    const readers = this.#readers;
    this.#readers = [];
    for (const ws of readers) compactReceiver(ws);
  }
}

function compactReceiver(ws: object): void {
  const receiver = (ws as { _receiver?: Receiver | null })._receiver;
  if (!receiver || receiver._state !== GET_INFO || receiver._bufferedBytes !== 0) return;
  if (Array.isArray(receiver._buffers) && receiver._buffers.length === 0) receiver._buffers = [];
  receiver._mask = undefined;
}
