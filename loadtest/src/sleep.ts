/** Waiting for a moment. */
import { setTimeout } from 'k6/timers';

/** Resolves at `at` (as `Date.now()`), or in the next turn if that has passed. */
export function sleepUntil(at: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, Math.max(0, at - Date.now())));
}

/** Resolves after `ms`. */
export function sleep(ms: number): Promise<void> {
  return sleepUntil(Date.now() + ms);
}
