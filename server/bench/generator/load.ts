/** Open load: message `i` is due at `i / rate` seconds, whether or not the servers keep up. */
import type { Histogram } from './histogram.ts';

/** What one phase needs. `send` sends the message of this number. */
export type Pace = { count: number; dueMs: Float64Array; late: Histogram; send(index: number): void };

/** Reads and sends happen once in so many ms: one read takes all that came to a connection meanwhile. */
const TICK_MS = 4;
const bed = new Int32Array(new SharedArrayBuffer(4));

/** Due times from `startMs` on, `rate` a second. */
export function dueTimes(count: number, startMs: number, rate: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => startMs + (index * 1_000) / rate);
}

/**
 * Sends everything in time, then goes on until `isDone`. The process sleeps between ticks with its event loop held:
 * otherwise each delivery would wake it, and on a small machine the generator would take the servers' CPU.
 */
export function runTicks({ count, dueMs, late, send }: Pace, isDone: (allSent: boolean) => boolean): Promise<void> {
  let next = 0;
  let tickMs = performance.now();
  return new Promise((resolve) => {
    const tick = () => {
      const nowMs = performance.now();
      for (; next < count && (dueMs[next] ?? 0) <= nowMs; next++) {
        late.add(nowMs - (dueMs[next] ?? 0));
        send(next);
      }
      if (isDone(next >= count)) return resolve();
      tickMs = Math.max(tickMs + TICK_MS, nowMs);
      const restMs = tickMs - performance.now();
      if (restMs > 0) Atomics.wait(bed, 0, 0, restMs);
      setImmediate(tick);
    };
    setImmediate(tick);
  });
}
