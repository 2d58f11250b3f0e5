/** One connection from its opening to its end: requests and their answers by deadline, signs of life, the tap. */
import { decodeAnswer, decodeFailure } from './decode.ts';
import { type Failure, failure, type Result } from './failure.ts';
import type { Clock } from './platform.ts';
import type { Door, Frame, OpenWire, Wire, WireClose, WireTarget } from './wire.ts';

/** What is told to `tap`: every frame as it passes, and the birth and death of connections. */
export type WireRecord = { link: number; door: Door } & WireHappening;
type WireHappening =
  | { kind: 'opened' }
  | { kind: 'closed'; detail: string }
  | { kind: 'sent'; frame: Frame }
  | { kind: 'event'; type: string; payload: unknown }
  | { kind: 'answer'; id: number; answer: unknown };

/** Times of a connection. */
export type LinkTimes = { openTimeoutMs: number; requestTimeoutMs: number; pingIntervalMs: number };

/** What a link needs. `number` counts the connections of a client from 1. */
export type LinkDeps = {
  number: number;
  door: Door;
  open: OpenWire;
  target: WireTarget;
  clock: Clock;
  times: LinkTimes;
  tap: ((record: WireRecord) => void) | undefined;
};

/** Who is told. `closed` once and last, and not after `close()`. */
export interface LinkListener {
  opened(link: Link): void;
  event(link: Link, type: string, payload: unknown): void;
  closed(link: Link, why: WireClose): void;
}

/** One request of a client. */
export type Question = { type: string; payload: Record<string, unknown>; deadlineMs?: number };

type Pending = { settle: (result: Result<unknown>) => void; cancel: () => void };

/** See the file's sentence. */
export class Link {
  readonly #deps: LinkDeps;
  readonly #listener: LinkListener;
  readonly #pending = new Map<number, Pending>();
  readonly #wire: Wire;
  #state: 'opening' | 'open' | 'closed' = 'opening';
  #nextId = 1;
  #cancelTimer: () => void;
  #hasOpened = false;
  #hasPinged = false;
  #lastFatal: Failure | null = null;

  constructor(deps: LinkDeps, listener: LinkListener) {
    this.#deps = deps;
    this.#listener = listener;
    this.#cancelTimer = deps.clock.after(deps.times.openTimeoutMs, () => this.#end(lost('did not open in time')));
    this.#wire = deps.open(deps.target, {
      opened: () => this.#opened(),
      event: (type, payload) => this.#event(type, payload),
      answer: (id, answer) => this.#answer(id, answer),
      alive: () => this.#alive(),
      closed: (why) => this.#end(why),
    });
  }

  get door(): Door {
    return this.#deps.door;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get hasOpened(): boolean {
    return this.#hasOpened;
  }

  /** Sends a request. `settle` is called exactly once: in turn with the events around the answer, or by the deadline. */
  ask({ type, payload, deadlineMs }: Question, settle: (result: Result<unknown>) => void): void {
    if (this.#state !== 'open') {
      settle({ ok: false, error: failure('CONNECTION_LOST') });
      return;
    }
    const id = this.#nextId++;
    const cancel = this.#deps.clock.after(deadlineMs ?? this.#deps.times.requestTimeoutMs, () =>
      this.#settle(id, { ok: false, error: failure('TIMEOUT') }),
    );
    this.#pending.set(id, { settle, cancel });
    this.#send({ type, payload, id });
  }

  /** `ask` as a promise, for answers whose place among the events does not matter. */
  request(question: Question): Promise<Result<unknown>> {
    return new Promise((resolve) => this.ask(question, resolve));
  }

  /** Sends what has no answer. */
  tell(type: string, payload: Record<string, unknown>): void {
    if (this.#state === 'open') this.#send({ type, payload });
  }

  /** Ends the connection from this side; what was asked settles as lost. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#finish('closed by this side');
    this.#wire.close();
  }

  #send(frame: Frame): void {
    this.#tap({ kind: 'sent', frame });
    this.#wire.send(frame);
  }

  #opened(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'open';
    this.#hasOpened = true;
    this.#tap({ kind: 'opened' });
    this.#alive();
    this.#listener.opened(this);
  }

  #event(type: string, payload: unknown): void {
    if (this.#state !== 'open') return;
    this.#tap({ kind: 'event', type, payload });
    this.#alive();
    if (type === 'error') this.#lastFatal = decodeFailure(payload);
    this.#listener.event(this, type, payload);
  }

  #answer(id: number, answer: unknown): void {
    if (this.#state !== 'open') return;
    this.#tap({ kind: 'answer', id, answer });
    this.#alive();
    this.#settle(id, decodeAnswer(answer));
  }

  #settle(id: number, result: Result<unknown>): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    pending.cancel();
    pending.settle(result);
  }

  /** Browsers hide protocol pings, so silence is broken by a `ping` of our own before it counts as death. */
  #alive(): void {
    this.#hasPinged = false;
    this.#watch();
  }

  #watch(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.clock.after(this.#deps.times.pingIntervalMs, () => {
      if (this.#hasPinged) return this.#end(lost('no sign of life'));
      this.#hasPinged = true;
      this.#watch();
      this.ask({ type: 'ping', payload: {} }, () => undefined);
    });
  }

  #end(why: WireClose): void {
    if (this.#state === 'closed') return;
    this.#finish(why.detail);
    this.#wire?.close();
    this.#listener.closed(this, this.#explained(why));
  }

  /** The error event before a close says more than the close itself. */
  #explained(why: WireClose): WireClose {
    const fatal = this.#lastFatal;
    if (!fatal) return why;
    const giveUp = why.giveUp && !fatal.retryable ? fatal : why.giveUp;
    const retryAfterMs = why.retryAfterMs ?? fatal.retryAfterMs;
    return { ...why, giveUp, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }

  #finish(detail: string): void {
    this.#state = 'closed';
    this.#cancelTimer();
    this.#tap({ kind: 'closed', detail });
    for (const id of [...this.#pending.keys()]) this.#settle(id, { ok: false, error: failure('CONNECTION_LOST') });
  }

  #tap(happening: WireHappening): void {
    this.#deps.tap?.({ link: this.#deps.number, door: this.#deps.door, ...happening });
  }
}

function lost(detail: string): WireClose {
  return { giveUp: null, detail };
}
