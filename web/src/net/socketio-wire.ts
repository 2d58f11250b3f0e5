/** The Socket.IO door: the event name is the type. Reconnecting is our own machine's work, so Socket.IO's is off. */
import { io, type Socket } from 'socket.io-client';
import { decodeFailure, isFields } from './decode.ts';
import type { Failure } from './failure.ts';
import type { Frame, OpenWire, Wire, WireClose, WireListener, WireTarget } from './wire.ts';

/** Ways Engine.IO may travel, tried in this order. */
export type SocketIoTransport = 'polling' | 'websocket';

/** Makes wires to `/socket.io/`. */
export function openSocketIoWith(transports: readonly SocketIoTransport[]): OpenWire {
  return (target, listener) => new SocketIoWire(connect(target, transports), listener);
}

function connect({ url, token, locale }: WireTarget, transports: readonly SocketIoTransport[]): Socket {
  return io(url, {
    path: '/socket.io/',
    forceNew: true,
    reconnection: false,
    autoConnect: true,
    transports: [...transports],
    auth: (give) => give({ ...(token === undefined ? {} : { token }), ...(locale === undefined ? {} : { locale }) }),
  });
}

const FINAL = new Set(['UNAUTHORIZED', 'SESSION_EXPIRED', 'FORBIDDEN']);

class SocketIoWire implements Wire {
  readonly #socket: Socket;
  #listener: WireListener | null;

  constructor(socket: Socket, listener: WireListener) {
    this.#socket = socket;
    this.#listener = listener;
    socket.on('connect', () => this.#connected());
    socket.onAny((type: string, payload: unknown) => this.#listener?.event(type, payload ?? {}));
    socket.on('connect_error', (error) => this.#end(closeOfConnectError(error)));
    socket.on('disconnect', (reason) => this.#end({ giveUp: giveUpOf(reason), detail: reason }));
  }

  send({ type, payload, id }: Frame): void {
    if (!this.#listener) return;
    if (id === undefined) this.#socket.emit(type, payload);
    else this.#socket.emit(type, payload, (answer: unknown) => this.#listener?.answer(id, answer));
  }

  close(): void {
    this.#listener = null;
    this.#socket.disconnect();
  }

  #connected(): void {
    this.#socket.io.engine.on('packet', () => this.#listener?.alive());
    this.#listener?.opened();
  }

  #end(why: WireClose): void {
    const listener = this.#listener;
    this.close();
    listener?.closed(why);
  }
}

/** A server that means "give up" disconnects the socket; what it meant stands in the error event before. */
function giveUpOf(reason: string): Failure | null {
  if (reason !== 'io server disconnect') return null;
  return { code: 'UNAUTHORIZED', message: 'the server ended the connection for good', retryable: false };
}

function closeOfConnectError(error: unknown): WireClose {
  const detail = error instanceof Error ? error.message : 'connect_error';
  const data = isFields(error) && isFields(error.data) ? error.data : { code: detail };
  const failure = decodeFailure({ message: detail, ...data });
  const retryAfterMs = failure.retryAfterMs ?? retryAfterOf(error);
  const giveUp = typeof data.code === 'string' && FINAL.has(data.code) ? failure : null;
  return { giveUp, detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** `Retry-After` of a refused polling handshake, where the transport lets us see the response. */
function retryAfterOf(error: unknown): number | undefined {
  const request = isFields(error) ? error.context : undefined;
  const read = isFields(request) ? request.getResponseHeader : undefined;
  if (typeof read !== 'function') return undefined;
  const seconds = Number(readHeader(() => read.call(request, 'Retry-After')) ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

/** In Node, asking a request that got no response for a header throws. */
function readHeader(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return null;
  }
}
