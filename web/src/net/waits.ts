/** Timers that end together with what they belong to. */
import { type Backoff, fullJitterMs } from './backoff.ts';
import type { Clock } from './platform.ts';

/** See the file's sentence. */
export class Waits {
  readonly #deps: { clock: Clock; random: () => number; backoff: Backoff };
  readonly #cancels = new Set<() => void>();

  constructor(deps: { clock: Clock; random: () => number; backoff: Backoff }) {
    this.#deps = deps;
  }

  /** Calls `run` after `delayMs` unless cancelled. */
  after(delayMs: number, run: () => void): () => void {
    const stop = this.#deps.clock.after(delayMs, () => {
      this.#cancels.delete(cancel);
      run();
    });
    const cancel = () => {
      this.#cancels.delete(cancel);
      stop();
    };
    this.#cancels.add(cancel);
    return cancel;
  }

  /** Settles after what the server asked for plus full jitter; never once all are cancelled. */
  backOff(attempt: number, retryAfterMs = 0): Promise<void> {
    const waitMs = retryAfterMs + fullJitterMs(this.#deps.backoff, attempt, this.#deps.random());
    return new Promise((resolve) => {
      this.after(waitMs, resolve);
    });
  }

  /** None of them will ever run. */
  cancelAll(): void {
    for (const cancel of [...this.#cancels]) cancel();
  }
}
