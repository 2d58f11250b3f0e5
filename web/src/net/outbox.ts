/** What was written and is not yet known to be stored by the server: bounded, in order, kept by the given storage. */
import type { Failure } from './failure.ts';

/** One message that waits. `since` and `triedAs` are set when it is first put on the wire. */
export type OutboxEntry = {
  readonly roomId: string;
  readonly text: string;
  readonly createdAtMs: number;
  /** Ascending in the order of writing. */
  readonly order: number;
  readonly clientMsgId: string;
  readonly since?: string;
  readonly triedAs?: string;
  /** Set once it has failed; it then waits for the user. */
  readonly failure?: Failure;
};

/**
 * Where entries are kept. Calls for one entry come in order and are not repeated. An implementation MAY reject: the
 * entry then lives in memory only. `load` is called once, before anything else, and answers in any order.
 */
export interface OutboxStorage {
  load(): Promise<readonly OutboxEntry[]>;
  /** Stores or replaces the entry with this `order`. */
  put(entry: OutboxEntry): Promise<void>;
  remove(order: number): Promise<void>;
}

/** A storage that forgets. */
export function createMemoryStorage(): OutboxStorage {
  const entries = new Map<number, OutboxEntry>();
  return {
    load: async () => [...entries.values()],
    put: async (entry) => void entries.set(entry.order, entry),
    remove: async (order) => void entries.delete(order),
  };
}

/** How much is kept, and for how long a message may still be sent without asking. */
export type OutboxLimits = { messages: number; maxAgeMs: number };

/** 200 messages, 12 hours. */
export const DEFAULT_OUTBOX_LIMITS: OutboxLimits = { messages: 200, maxAgeMs: 12 * 3_600_000 };

/** Told about a storage that failed; nothing is lost while the page lives. */
export type ReportFailure = (stage: string, error: unknown) => void;

/** See the file's sentence. */
export class Outbox {
  readonly #storage: OutboxStorage;
  readonly #limits: OutboxLimits;
  readonly #report: ReportFailure;
  readonly #entries = new Map<number, OutboxEntry>();
  #lastOrder = 0;

  constructor(storage: OutboxStorage, limits: OutboxLimits, report: ReportFailure) {
    this.#storage = storage;
    this.#limits = limits;
    this.#report = report;
  }

  get isFull(): boolean {
    return this.#entries.size >= this.#limits.messages;
  }

  /** Whether an entry is too old to be sent without asking. */
  isExpired(entry: OutboxEntry, nowMs: number): boolean {
    return nowMs - entry.createdAtMs > this.#limits.maxAgeMs;
  }

  /** Reads what an earlier page left behind. */
  async load(): Promise<void> {
    try {
      for (const entry of await this.#storage.load()) {
        this.#entries.set(entry.order, entry);
        this.#lastOrder = Math.max(this.#lastOrder, entry.order);
      }
    } catch (error) {
      this.#report('outbox load', error);
    }
  }

  /** What waits for a room, in the order of writing. */
  of(roomId: string): OutboxEntry[] {
    return [...this.#entries.values()].filter((entry) => entry.roomId === roomId).sort((a, b) => a.order - b.order);
  }

  /** Puts a new message at the end. Call `isFull` first. */
  add(draft: Pick<OutboxEntry, 'roomId' | 'text' | 'clientMsgId' | 'createdAtMs'>): OutboxEntry {
    // Time first, so that the order holds across tabs and reloads that share one storage.
    this.#lastOrder = Math.max(this.#lastOrder + 1, draft.createdAtMs * 1_000);
    const entry = { ...draft, order: this.#lastOrder };
    void this.put(entry);
    return entry;
  }

  /** Replaces an entry; settles when it is stored, or could not be. */
  async put(entry: OutboxEntry): Promise<void> {
    this.#entries.set(entry.order, entry);
    await this.#storage.put(entry).catch((error: unknown) => this.#report('outbox put', error));
  }

  /** Forgets an entry. */
  remove(order: number): void {
    if (!this.#entries.delete(order)) return;
    this.#storage.remove(order).catch((error: unknown) => this.#report('outbox remove', error));
  }
}
