/** Latencies in buckets of a tenth of a millisecond: a delivery costs one addition. */

const PER_MS = 10;
const LONGEST_MS = 30_000;

/** Times in milliseconds; what is longer than half a minute counts as that. */
export interface Histogram {
  add(ms: number): void;
  /** The time that `share` of all stay below. */
  quantile(share: number): number;
  clear(): void;
}

/** An empty one. */
export function createHistogram(): Histogram {
  const buckets = new Uint32Array(LONGEST_MS * PER_MS + 1);
  const last = buckets.length - 1;
  let total = 0;
  return {
    add(ms) {
      const bucket = Math.min(last, Math.max(0, (ms * PER_MS) | 0));
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
      total++;
    },
    quantile(share) {
      let left = Math.ceil(total * share);
      for (let bucket = 0; bucket <= last; bucket++) {
        left -= buckets[bucket] ?? 0;
        if (left <= 0) return (bucket + 1) / PER_MS;
      }
      return 0;
    },
    clear() {
      buckets.fill(0);
      total = 0;
    },
  };
}
