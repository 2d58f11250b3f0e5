/** The raw WebSocket door: one JSON object a frame, `t` is the type. */
import { CLOSES, ERRORS, type ErrorCode, shouldReconnect } from '@c2c/server/protocol';
import { integerField, isFields, stringField } from './decode.ts';
import { type Failure, failure } from './failure.ts';
import type { WebSocketConstructor, WebSocketLike } from './platform.ts';
import type { Frame, OpenWire, Wire, WireListener, WireTarget } from './wire.ts';

/** Makes wires to `/ws` with the given WebSocket. The token travels in the first `join`, never in the URL. */
export function openWebSocketWith(WebSocket: WebSocketConstructor): OpenWire {
  return (target, listener) => new WebSocketWire(connect(WebSocket, target), listener);
}

function connect(WebSocket: WebSocketConstructor, target: WireTarget): WebSocketLike {
  const address = `${target.url.replace(/^http/, 'ws').replace(/\/$/, '')}/ws`;
  // `ws` also takes `null` and says so in a way that leaves no common type for the address.
  return new WebSocket(address as never);
}

class WebSocketWire implements Wire {
  readonly #socket: WebSocketLike;
  #listener: WireListener | null;

  constructor(socket: WebSocketLike, listener: WireListener) {
    this.#socket = socket;
    this.#listener = listener;
    socket.addEventListener('open', () => this.#listener?.opened());
    socket.addEventListener('message', (event) => this.#receive(stringField(event, 'data')));
    // What went wrong is told by the close that always follows.
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('close', (event) => this.#closed(event));
  }

  send({ type, payload, id }: Frame): void {
    if (this.#listener) this.#socket.send(JSON.stringify({ t: type, ...(id === undefined ? {} : { id }), ...payload }));
  }

  close(): void {
    this.#listener = null;
    this.#socket.close(1000);
  }

  #receive(data: string | undefined): void {
    const frame = parse(data);
    if (!this.#listener) return;
    if (!isFields(frame) || typeof frame.t !== 'string') {
      this.#listener.alive();
      return;
    }
    const { t, ...payload } = frame;
    if (t !== 'ack') {
      this.#listener.event(t, payload);
      return;
    }
    if (typeof payload.id === 'number') this.#listener.answer(payload.id, payload);
  }

  #closed(event: unknown): void {
    const code = integerField(event, 'code') ?? 1006;
    const reason = stringField(event, 'reason') ?? '';
    const listener = this.#listener;
    this.#listener = null;
    const giveUp = shouldReconnect(code) ? null : refusal(code);
    listener?.closed({ giveUp, detail: `closed with ${code} ${reason}`.trim() });
  }
}

function parse(data: string | undefined): unknown {
  if (data === undefined) return null;
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

const REFUSALS: Record<number, ErrorCode> = {
  [CLOSES.UNAUTHORIZED.code]: 'UNAUTHORIZED',
  [CLOSES.AUTH_TIMEOUT.code]: 'UNAUTHORIZED',
  [CLOSES.SESSION_EXPIRED.code]: 'SESSION_EXPIRED',
  [CLOSES.FRAME_TOO_LARGE.code]: 'PAYLOAD_TOO_LARGE',
};

function refusal(code: number): Failure {
  const name = REFUSALS[code];
  if (name === undefined) return failure('PROTOCOL_ERROR');
  return { code: name, message: ERRORS[name].texts.en.message, retryable: false };
}
