/** Promises that wait for a condition on a feed; checked whenever the feed changes. */

type Waiter = { isMet(): boolean; resolve(): void; reject(error: unknown): void };

/** A list of waiters; empty almost always, so that checking it costs nothing on the hot path. */
export function createWaiters() {
  let waiting: Waiter[] = [];
  return {
    /** Resolves once `isMet` answers true. */
    until(isMet: () => boolean): Promise<void> {
      if (isMet()) return Promise.resolve();
      return new Promise((resolve, reject) => waiting.push({ isMet, resolve, reject }));
    },
    check(): void {
      if (waiting.length === 0) return;
      const met = waiting.filter(({ isMet }) => isMet());
      waiting = waiting.filter((waiter) => !met.includes(waiter));
      for (const { resolve } of met) resolve();
    },
    fail(because: Error): void {
      for (const { reject } of waiting) reject(because);
      waiting = [];
    },
  };
}
