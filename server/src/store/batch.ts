/** Collects calls that come in the same turn into one, and in a storm those that can wait: many users, one script. */

type Waiting<I, O> = { item: I; resolve(value: O): void; reject(error: unknown): void };
type Queue<I, O> = {
  readonly waiting: Waiting<I, O>[];
  /** Somebody in it cannot wait. */
  isUrgent: boolean;
  isTurnOpen: boolean;
  timer: NodeJS.Timeout | undefined;
};

/** Queues an item under a key; resolves with its own result. `canWait`: in a storm it may be held for a moment. */
export type Batcher<I, O> = (key: string, item: I, canWait?: boolean) => Promise<O>;

/** A storm of reconnecting clients brings one or two calls a turn: in a moment of this length it brings a batch. */
const MOMENT_MS = 100;
/** More calls that can wait in a moment than this are a storm. Fewer wait for nothing. */
const STORM_CALLS = 10;

/**
 * At the end of the turn `run` gets all items of a key, in order, at most `max` at a time, and must answer one result per
 * item. In a storm it gets them a moment later, unless they fill a batch or one of them cannot wait: that one takes the
 * others along.
 */
export function createBatcher<I, O>(
  max: number,
  run: (key: string, items: readonly I[]) => Promise<readonly O[]>,
): Batcher<I, O> {
  const queues = new Map<string, Queue<I, O>>();
  const isStorm = createStormWatch();

  function endTurn(key: string, queue: Queue<I, O>): void {
    queue.isTurnOpen = false;
    if (queue.isUrgent || queue.waiting.length >= max) flush(key, queue);
    else queue.timer ??= setTimeout(flush, MOMENT_MS, key, queue);
  }

  function flush(key: string, queue: Queue<I, O>): void {
    // The moment may end in an open turn.
    if (queues.get(key) !== queue) return;
    queues.delete(key);
    clearTimeout(queue.timer);
    const { waiting } = queue;
    for (let start = 0; start < waiting.length; start += max) void settle(key, waiting.slice(start, start + max));
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

  function queueOf(key: string): Queue<I, O> {
    const known = queues.get(key);
    if (known) return known;
    const queue = { waiting: [], isUrgent: false, isTurnOpen: false, timer: undefined };
    queues.set(key, queue);
    return queue;
  }

  return (key, item, canWait = false) =>
    new Promise<O>((resolve, reject) => {
      const queue = queueOf(key);
      queue.waiting.push({ item, resolve, reject });
      if (!canWait || !isStorm()) queue.isUrgent = true;
      if (queue.isTurnOpen) return;
      queue.isTurnOpen = true;
      setImmediate(endTurn, key, queue);
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
