/** Bounds what answers may pile up for a connection that does not read: whoever asks for pages gets one at a time. */
import { ChatError } from './chat-error.ts';
import type { Outlet } from './live-ports.ts';

/** One connection's answers. */
export interface Backlog {
  /** Resolves once at most 1 MiB waits; a reader that gets no further in 8 s is cut. */
  drained(): Promise<void>;
  /** Runs one after the other, each when the answers before it have been read. Rejects with RATE_LIMITED where too many wait. */
  inTurn<T>(run: () => Promise<T>): Promise<T>;
}

/** The bounds of delivery.md for slow clients. */
const MAX_PENDING_BYTES = 1024 * 1024;
const PATIENCE_MS = 8_000;
const LOOK_MS = 25;
const MOST_WAITING = 100;

/** `patienceMs` is how long a reader may stand still. */
export function createBacklog(outlet: Pick<Outlet, 'pendingBytes' | 'close'>, patienceMs = PATIENCE_MS): Backlog {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  async function drained(): Promise<void> {
    const endMs = performance.now() + patienceMs;
    while (outlet.pendingBytes() > MAX_PENDING_BYTES) {
      if (performance.now() > endMs) {
        outlet.close('SLOW_CONSUMER');
        throw new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 1_000 });
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  return {
    drained,
    async inTurn(run) {
      if (waiting >= MOST_WAITING) throw new ChatError('RATE_LIMITED', { retryAfterMs: 1_000 });
      waiting++;
      const turn = last.then(drained).then(run);
      last = turn.catch(() => undefined);
      try {
        return await turn;
      } finally {
        waiting--;
      }
    },
  };
}
