/**
 * Sends what was written in one room, strictly one after the other: the next goes out when the one before it is stored
 * or has failed for good, so that no retry can change the order.
 */
import { codePoints, ERRORS, type ErrorCode, LIMITS, type Message } from '@c2c/server/protocol';
import { type Backoff, fullJitterMs } from './backoff.ts';
import { decodeSent, typedResult } from './decode.ts';
import { type Failure, failure } from './failure.ts';
import type { Link } from './link.ts';
import { Cell, type Observable } from './observable.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';
import { needsNewId, type Outgoing, OutgoingMessage, type OutgoingOwner, refusalOf } from './outgoing.ts';
import type { Clock } from './platform.ts';

/** What a sender needs. */
export type SenderDeps = {
  roomId: string;
  outbox: Outbox;
  clock: Clock;
  random: () => number;
  backoff: Backoff;
  newId: () => string;
  sendDeadlineMs: number;
  /** The server no longer takes our token: a matter of the whole client, not of one message. */
  unauthorized: (error: Failure) => void;
};

/** A connection on which the room is joined and caught up: who we are there and where the room stands. */
export type SendingLine = { link: Link; me: string; position: () => string; seq: () => number };

/** An INTERNAL error may be this message's own fault: after so many it must not block the ones behind it. */
const INTERNAL_ATTEMPTS = 5;

/** See the file's sentence. */
export class Sender implements OutgoingOwner {
  readonly #deps: SenderDeps;
  readonly #queue: OutgoingMessage[] = [];
  readonly #pending = new Cell<readonly OutgoingMessage[]>([]);
  #line: SendingLine | null = null;
  /** Counts lines: a loop that finds another number has been overtaken and stops. */
  #run = 0;
  #isBusy = false;
  #wake: () => void = () => undefined;

  constructor(deps: SenderDeps) {
    this.#deps = deps;
  }

  /** Written here and not yet among the room's messages, in the order of writing. */
  get pending(): Observable<readonly Outgoing[]> {
    return this.#pending;
  }

  /** Takes over what an earlier page left behind, before what is written now. */
  restore(): void {
    const known = new Set(this.#pending.value.map(({ entry }) => entry.order));
    const stored = this.#deps.outbox.of(this.#deps.roomId).filter(({ order }) => !known.has(order));
    const messages = stored.map((entry) => new OutgoingMessage(entry, this));
    for (const message of messages) message.stopWaiting();
    this.#queue.unshift(...messages.filter(({ isDone }) => !isDone));
    this.#pending.set([...messages, ...this.#pending.value]);
    this.#start();
  }

  /** Writes a message. It is in the outbox, and shown, before this returns. */
  send(raw: string, deadlineMs = this.#deps.sendDeadlineMs): Outgoing {
    const draft = { roomId: this.#deps.roomId, text: raw.normalize('NFC'), clientMsgId: this.#deps.newId() };
    const refused = this.#refusalOfText(draft.text);
    const createdAtMs = this.#deps.clock.now();
    if (refused) return this.#refused({ ...draft, createdAtMs, order: createdAtMs * 1_000, failure: refused });
    const message = new OutgoingMessage(this.#deps.outbox.add({ ...draft, createdAtMs }), this);
    message.startDeadline(this.#deps.clock, deadlineMs);
    this.#queue.push(message);
    this.#pending.set([...this.#pending.value, message]);
    this.#start();
    return message;
  }

  /** The room can be sent to on this line, from now on and until `pause`. What was in flight elsewhere is sent again. */
  resume(line: SendingLine): void {
    this.pause();
    this.#line = line;
    this.#start();
  }

  /** The line is gone. */
  pause(): void {
    this.#line = null;
    this.#run += 1;
    this.#isBusy = false;
    this.#wake();
  }

  /** A message of ours came as an event: it is stored, whether or not its answer ever comes. */
  arrived(message: Message): void {
    const own = this.#queue.find(({ clientMsgId }) => clientMsgId === message.clientMsgId);
    if (own && own.text === message.text) this.#stored(own, { ...message, duplicate: false });
  }

  /** The room's messages are here up to `seq`: what was sent up to there need not be shown twice. */
  reached(seq: number): void {
    const isShown = ({ state: { value } }: OutgoingMessage) => value.status === 'sent' && value.seq <= seq;
    if (this.#pending.value.some(isShown)) this.#pending.set(this.#pending.value.filter((item) => !isShown(item)));
  }

  /** The membership has ended: nothing that waits can be sent any more. */
  failAll(error: Failure): void {
    this.pause();
    for (const message of [...this.#queue]) this.#fail(message, error);
  }

  /** Nobody shall wait any longer; the outbox keeps what it holds. */
  close(): void {
    this.pause();
    for (const message of this.#queue) message.stopWaiting();
  }

  retry(message: OutgoingMessage): void {
    const { value } = message.state;
    if (value.status !== 'failed' || !this.#pending.value.includes(message)) return;
    const { failure: _failure, ...same } = message.entry;
    const { since: _since, triedAs: _triedAs, ...fresh } = same;
    message.entry = needsNewId(value.error)
      ? { ...fresh, clientMsgId: this.#deps.newId(), createdAtMs: this.#deps.clock.now() }
      : same;
    message.attempts = 0;
    void this.#deps.outbox.put(message.entry);
    message.move({ status: 'waiting' });
    this.#queue.push(message);
    this.#start();
  }

  discard(message: OutgoingMessage): boolean {
    const { status } = message.state.value;
    if (status === 'sending' || status === 'sent') return false;
    this.#forget(message);
    this.#pending.set(this.#pending.value.filter((item) => item !== message));
    return true;
  }

  #start(): void {
    if (!this.#line || this.#isBusy) return;
    this.#isBusy = true;
    void this.#loop(this.#line, this.#run);
  }

  async #loop(line: SendingLine, run: number): Promise<void> {
    for (let head = this.#queue[0]; head && run === this.#run; head = this.#queue[0]) await this.#try(head, line);
    if (run === this.#run) this.#isBusy = false;
  }

  async #try(message: OutgoingMessage, line: SendingLine): Promise<void> {
    const run = this.#run;
    const { outbox, clock } = this.#deps;
    const refused = refusalOf(message.entry, line.me, outbox.isExpired(message.entry, clock.now()));
    if (refused) return this.#fail(message, refused);
    message.move({ status: 'sending' });
    if (message.entry.since === undefined) {
      // Stored before it is sent: after a reload the repeat must carry the same two.
      message.entry = { ...message.entry, since: line.position(), triedAs: line.me };
      await outbox.put(message.entry);
      if (run !== this.#run) return this.#parked(message);
    }
    const result = typedResult(await line.link.request(questionOf(message.entry)), decodeSent);
    if (result.ok) return this.#stored(message, result.data);
    if (run !== this.#run) return this.#parked(message);
    await this.#refusedBy(message, result.error);
  }

  async #refusedBy(message: OutgoingMessage, error: Failure): Promise<void> {
    if (error.code === 'UNAUTHORIZED' || error.code === 'SESSION_EXPIRED') {
      this.pause();
      message.move({ status: 'waiting' });
      return this.#deps.unauthorized(error);
    }
    message.attempts += 1;
    const isGivenUp = error.code === 'INTERNAL' && message.attempts >= INTERNAL_ATTEMPTS;
    if (!error.retryable || isGivenUp) return this.#fail(message, error);
    const { clock, backoff, random } = this.#deps;
    const waitMs = (error.retryAfterMs ?? 0) + fullJitterMs(backoff, message.attempts, random());
    message.move({ status: 'waiting', retryAtMs: clock.now() + waitMs });
    await new Promise<void>((resolve) => {
      const cancel = clock.after(waitMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  #stored(message: OutgoingMessage, sent: { id: string; seq: number; timestamp: string; duplicate: boolean }): void {
    if (message.state.value.status === 'sent') return;
    this.#forget(message);
    const { id, seq, timestamp, duplicate } = sent;
    message.move({ status: 'sent', id, seq, timestamp, duplicate });
    this.#pending.set([...this.#pending.value]);
    if (this.#line) this.reached(this.#line.seq());
  }

  #parked(message: OutgoingMessage): void {
    // Another line may already be sending it, and would say so itself.
    if (!this.#line && message.state.value.status === 'sending') message.move({ status: 'waiting' });
  }

  #fail(message: OutgoingMessage, error: Failure): void {
    this.#drop(message);
    message.entry = { ...message.entry, failure: error };
    void this.#deps.outbox.put(message.entry);
    message.move({ status: 'failed', error });
  }

  #forget(message: OutgoingMessage): void {
    this.#drop(message);
    this.#deps.outbox.remove(message.entry.order);
  }

  #drop(message: OutgoingMessage): void {
    const index = this.#queue.indexOf(message);
    if (index >= 0) this.#queue.splice(index, 1);
  }

  #refusalOfText(text: string): Failure | null {
    if (text.length === 0) return local('VALIDATION_FAILED');
    if (codePoints(text) > LIMITS.textCodePoints) return local('MESSAGE_TOO_LONG');
    return this.#deps.outbox.isFull ? failure('OUTBOX_FULL') : null;
  }

  #refused(entry: OutboxEntry & { failure: Failure }): Outgoing {
    const message = new OutgoingMessage(entry, this);
    message.move({ status: 'failed', error: entry.failure });
    return message;
  }
}

function questionOf({ roomId, text, clientMsgId, since }: OutboxEntry) {
  return { type: 'msg', payload: { roomId, text, clientMsgId, ...(since === undefined ? {} : { since }) } };
}

/** An error the server would answer, known without asking it. */
function local(code: ErrorCode): Failure {
  return { code, message: ERRORS[code].texts.en.message, retryable: false };
}
