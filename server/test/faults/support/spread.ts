/** How evenly moments are spread. */

const BIN_MS = 1_000;

/** The fullest second ÷ the average second, from the first to the last of the times (ms); 0 of none. */
export function peakToAverage(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const first = sorted[0] ?? 0;
  const spanMs = Math.max(BIN_MS, (sorted.at(-1) ?? 0) - first);
  const bins = new Map<number, number>();
  for (const time of sorted) {
    const bin = Math.floor((time - first) / BIN_MS);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  const average = sorted.length / (spanMs / BIN_MS);
  return sorted.length === 0 ? 0 : Math.round((Math.max(...bins.values()) / average) * 100) / 100;
}
