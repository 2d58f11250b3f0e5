/** Whether this node has more to do than it can bear, by how late its event loop runs. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const SAMPLE_MS = 1_000;
/** Each look wakes the process up: at 10 ms, as libraries have it, that alone cost an idle node 0.5 % of a core. */
const RESOLUTION_MS = 100;

/** `limitMs`: mean lateness of the second before from which on newcomers wait; others ask for `times` as much. `onSecond` hears the worst. */
export function createOverload(limitMs: number, onSecond: (worstMs: number) => void) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let meanMs = 0;
  const timer = setInterval(() => {
    meanMs = Math.max(0, delay.mean / 1e6 - RESOLUTION_MS);
    onSecond(Math.max(0, delay.max / 1e6 - RESOLUTION_MS));
    delay.reset();
  }, SAMPLE_MS).unref();

  return {
    isOverloaded: (times = 1) => meanMs > times * limitMs,
    close(): void {
      clearInterval(timer);
      delay.disable();
    },
  };
}
