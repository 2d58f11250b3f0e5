/** Waiting for a condition with a deadline, so that no test sleeps. */
import { setTimeout as delay } from 'node:timers/promises';

/** Asks until `isGood` says yes and answers that value; rejects, showing the last value, after `withinMs`. */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  isGood: (value: T) => boolean,
  withinMs = 5_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (isGood(value)) return value;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${JSON.stringify(value)}`);
    await delay(5);
  }
}
