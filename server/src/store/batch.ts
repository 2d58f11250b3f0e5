/** Collects calls that come in the same turn into one: many users, one script. */

type Waiting<I, O> = { item: I; resolve(value: O): void; reject(error: unknown): void };

/**
 * Returns a function that queues an item under a key and resolves with its own result. At the end of the turn `run`
 * gets all items of a key, in order, at most `max` at a time, and must answer one result per item.
 */
export function createBatcher<I, O>(
  max: number,
  run: (key: string, items: readonly I[]) => Promise<readonly O[]>,
): (key: string, item: I) => Promise<O> {
  const queues = new Map<string, Waiting<I, O>[]>();

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
      const queue = queues.get(key);
      if (queue) queue.push({ item, resolve, reject });
      else {
        queues.set(key, [{ item, resolve, reject }]);
        setImmediate(flush, key);
      }
    });
}
