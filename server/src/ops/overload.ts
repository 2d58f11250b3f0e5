/** Whether this node has more to do than it can bear, by how late its event loop runs. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const SAMPLE_MS = 1_000;
const RESOLUTION_MS = 20;

/** `isOverloaded` looks at the second before; `limitMs` is the mean lateness from which on newcomers wait. `onSecond` hears the worst. */
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
    isOverloaded: () => meanMs > limitMs,
    close(): void {
      clearInterval(timer);
      delay.disable();
    },
  };
}
