/** Figures about many measured times. */
import type { Delivery } from './crowd.ts';

const WINDOW_MS = 2_000;

/** The value that `share` (0 to 1) of the values do not exceed, rounded; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return Math.round((sorted[index] ?? 0) * 10) / 10;
}

/** The 99th percentile of each 2 s, and of those the median: what else a machine does for a moment does not count. */
export function typicalP99(deliveries: readonly Delivery[]): number {
  const windows = new Map<number, number[]>();
  for (const { sentAt, tookMs } of deliveries) {
    const window = Math.floor(sentAt / WINDOW_MS);
    const times = windows.get(window) ?? [];
    times.push(tookMs);
    windows.set(window, times);
  }
  const each = [...windows.values()].map((times) => percentile(times, 0.99));
  return percentile(each, 0.5);
}
