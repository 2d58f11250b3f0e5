/** Remembers every promise that was given a deadline, and which of them did not keep it. */

/** A promise and the time that it was given. */
export type Promised = { promise: Promise<unknown>; withinMs: number };

/** See the file's sentence. */
export interface PromiseWatch {
  watch(what: string, promised: Promised): void;
  /** What was settled too late, or is pending beyond its deadline. */
  overdue(): string[];
}

/** A loaded machine may run a timer late. */
const SLACK_MS = 2_000;

/** An empty watch. */
export function createPromiseWatch(): PromiseWatch {
  const pending = new Map<object, { what: string; dueAt: number }>();
  const late: string[] = [];
  return {
    watch(what, { promise, withinMs }) {
      const key = {};
      const dueAt = performance.now() + withinMs + SLACK_MS;
      pending.set(key, { what, dueAt });
      const settled = () => {
        pending.delete(key);
        if (performance.now() > dueAt) late.push(`${what}: too late`);
      };
      promise.then(settled, settled);
    },
    overdue() {
      const now = performance.now();
      const stuck = [...pending.values()]
        .filter(({ dueAt }) => now > dueAt)
        .map(({ what }) => `${what}: still pending`);
      return [...late, ...stuck];
    },
  };
}
