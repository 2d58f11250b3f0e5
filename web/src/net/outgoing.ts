/** One message on its way out, as the application sees it. */
import type { Sent } from '@c2c/server/protocol';
import { type Failure, failure } from './failure.ts';
import { Cell, type Observable } from './observable.ts';
import type { OutboxEntry } from './outbox.ts';
import type { Clock } from './platform.ts';

/** `waiting`: in the outbox; `sending`: on the wire; `sent`: stored by the server; `failed`: needs the user. */
export type OutgoingState =
  | { status: 'waiting'; retryAtMs?: number }
  | { status: 'sending' }
  | ({ status: 'sent' } & Sent)
  | { status: 'failed'; error: Failure };

/** How far a message got by its deadline. `waiting`: it stays in the outbox and is sent later. */
export type SendOutcome = Extract<OutgoingState, { status: 'sent' | 'failed' }> | { status: 'waiting' };

/** The handle of a message that was written here. */
export interface Outgoing {
  readonly roomId: string;
  readonly text: string;
  readonly createdAtMs: number;
  /** Changes when the user sends again what was too old to be repeated. */
  readonly clientMsgId: string;
  readonly state: Observable<OutgoingState>;
  /** Resolves by the deadline of `send`; never rejects. */
  readonly settled: Promise<SendOutcome>;
  /** Tries a failed message again: as the same one, or as a new one where repeating is no longer safe. */
  retry(): void;
  /** Forgets a message that is neither sent nor on the wire; false where it is too late. */
  discard(): boolean;
}

/** What the handle asks of the sender that owns it. */
export interface OutgoingOwner {
  retry(message: OutgoingMessage): void;
  discard(message: OutgoingMessage): boolean;
}

/** The handle, as the sender holds it. */
export class OutgoingMessage implements Outgoing {
  readonly state: Cell<OutgoingState>;
  readonly settled: Promise<SendOutcome>;
  readonly #owner: OutgoingOwner;
  entry: OutboxEntry;
  /** Attempts that the server answered with an error worth repeating. */
  attempts = 0;
  #settle: (outcome: SendOutcome) => void = () => undefined;
  #cancelDeadline: () => void = () => undefined;

  constructor(entry: OutboxEntry, owner: OutgoingOwner) {
    this.entry = entry;
    this.#owner = owner;
    this.state = new Cell<OutgoingState>(
      entry.failure ? { status: 'failed', error: entry.failure } : { status: 'waiting' },
    );
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get roomId(): string {
    return this.entry.roomId;
  }

  get text(): string {
    return this.entry.text;
  }

  get createdAtMs(): number {
    return this.entry.createdAtMs;
  }

  get clientMsgId(): string {
    return this.entry.clientMsgId;
  }

  get isDone(): boolean {
    return this.state.value.status === 'sent' || this.state.value.status === 'failed';
  }

  /** Settles as `waiting` if nothing else has by then. */
  startDeadline(clock: Clock, deadlineMs: number): void {
    this.#cancelDeadline = clock.after(deadlineMs, () => this.stopWaiting());
  }

  /** Nobody shall wait any longer. */
  stopWaiting(): void {
    this.#cancelDeadline();
    this.#settle({ status: 'waiting' });
  }

  /** Moves to another state and tells everyone. */
  move(state: OutgoingState): void {
    this.state.set(state);
    if (state.status !== 'sent' && state.status !== 'failed') return;
    this.#cancelDeadline();
    this.#settle(state);
  }

  retry(): void {
    this.#owner.retry(this);
  }

  discard(): boolean {
    return this.#owner.discard(this);
  }
}

const NEEDS_NEW_ID = new Set<Failure['code']>([
  'RETRY_TOO_OLD',
  'CLIENT_MSG_ID_REUSED',
  'OUTBOX_EXPIRED',
  'IDENTITY_CHANGED',
]);

/** Whether "send again" means a new message, because repeating the old one cannot be told from doubling it. */
export function needsNewId(error: Failure): boolean {
  return NEEDS_NEW_ID.has(error.code);
}

/** Why an entry must not be put on the wire without asking, if so. */
export function refusalOf(entry: OutboxEntry, me: string, isExpired: boolean): Failure | null {
  if (isExpired) return failure('OUTBOX_EXPIRED');
  if (entry.triedAs !== undefined && entry.triedAs !== me) return failure('IDENTITY_CHANGED');
  return null;
}
