/** Collects calls that come in the same turn, or in a storm in the same moment, into one: many users, one script. */

type Waiting<I, O> = { item: I; resolve(value: O): void; reject(error: unknown): void };

/** A storm of reconnecting clients brings one or two calls a turn: in a moment of this length it brings a batch. */
const MOMENT_MS = 100;
/** More calls in a moment than this are a storm. Fewer wait for nothing. */
const STORM_CALLS = 10;

/**
 * Returns a function that queues an item under a key and resolves with its own result. At the end of the turn, or of the
 * moment where there is a storm, `run` gets all items of a key, in order, at most `max` at a time, and must answer one
 * result per item. `canGather: false` never waits for more than the turn.
 */
export function createBatcher<I, O>(
  max: number,
  run: (key: string, items: readonly I[]) => Promise<readonly O[]>,
  canGather = true,
): (key: string, item: I) => Promise<O> {
  const queues = new Map<string, Waiting<I, O>[]>();
  const isStorm = canGather ? createStormWatch() : () => false;

  function flush(key: string): void {
    const queue = queues.get(key) ?? [];
    queues.delete(key);
    for (let start = 0; start < queue.length; start += max) void settle(key, queue.slice(start, start + max));
  }

  async function settle(key: string, batch: readonly Waiting<I, O>[]): Promise<void> {
    try {
      const results = await run(
        key,
        batch.map(({ item }) => item),
      );
      batch.forEach(({ resolve, reject }, i) => {
        const result = results[i];
        if (result === undefined)
          reject(new Error(`batch answered ${results.length} results for ${batch.length} items`));
        else resolve(result);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return (key, item) =>
    new Promise<O>((resolve, reject) => {
      const waiting = { item, resolve, reject };
      const queue = queues.get(key);
      const isBusy = isStorm();
      if (queue) queue.push(waiting);
      else {
        queues.set(key, [waiting]);
        if (isBusy) setTimeout(flush, MOMENT_MS, key);
        else setImmediate(flush, key);
      }
    });
}

/** Counts calls: a moment is one of a storm where the one right before it was full. */
function createStormWatch(): () => boolean {
  let beganMs = Number.NEGATIVE_INFINITY;
  let calls = 0;
  let isStorm = false;
  return () => {
    const nowMs = performance.now();
    if (nowMs - beganMs >= MOMENT_MS) {
      isStorm = calls > STORM_CALLS && nowMs - beganMs < 2 * MOMENT_MS;
      beganMs = nowMs;
      calls = 0;
    }
    calls++;
    return isStorm;
  };
}
