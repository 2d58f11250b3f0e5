/** Bounds what answers may pile up for a connection that does not read: whoever asks for pages gets one at a time. */
import { ChatError } from './chat-error.ts';
import type { Outlet } from './live-ports.ts';

/** The bounds of delivery.md for slow clients. */
const MAX_PENDING_BYTES = 1024 * 1024;
const PATIENCE_MS = 8_000;
const LOOK_MS = 25;
const MOST_WAITING = 100;

type Reader = Pick<Outlet, 'pendingBytes' | 'close'>;

/** Resolves once at most 1 MiB waits; a reader that gets no further in `patienceMs` is cut. SERVICE_UNAVAILABLE. */
export async function drained(reader: Reader, patienceMs = PATIENCE_MS): Promise<void> {
  if (reader.pendingBytes() <= MAX_PENDING_BYTES) return;
  const endMs = performance.now() + patienceMs;
  while (reader.pendingBytes() > MAX_PENDING_BYTES) {
    if (performance.now() > endMs) {
      reader.close('SLOW_CONSUMER');
      throw new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 1_000 });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Pages of one connection. A class, not closures, and made when the first page is asked for. */
export class PageQueue {
  readonly #reader: Reader;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** Runs one after the other, each when the answers before it have been read. Rejects with RATE_LIMITED where too many wait. */
  async inTurn<T>(run: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MOST_WAITING) throw new ChatError('RATE_LIMITED', { retryAfterMs: 1_000 });
    this.#waiting++;
    const turn = this.#last.then(() => drained(this.#reader)).then(run);
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }
}
