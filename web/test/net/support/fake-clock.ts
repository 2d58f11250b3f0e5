/** A clock that only moves when a test says so. */
import type { Clock } from '../../../src/net/platform.ts';

type Timer = { atMs: number; run: () => void };

/** See the file's sentence. */
export class FakeClock implements Clock {
  #nowMs = 1_700_000_000_000;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Moves on, runs what falls due in its order, and lets promises settle after each. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settleAll();
    for (let next = this.#nextBy(endMs); next; next = this.#nextBy(endMs)) {
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
      await settleAll();
    }
    this.#nowMs = endMs;
  }

  #nextBy(endMs: number): Timer | undefined {
    return [...this.#timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
  }
}

/** Lets everything that waits for promises alone come to rest. */
export async function settleAll(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}
