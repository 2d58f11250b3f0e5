/** Waiting for something to become true, with a deadline and without missing a Ctrl-C. */
import { setTimeout as delay } from 'node:timers/promises';

/** When to give up, how often to look, and what ends the waiting early (it then rejects with the signal's reason). */
export type Patience = { timeoutMs: number; everyMs?: number; signal?: AbortSignal | undefined };

/** Asks until `probe` answers true; false when the time is over. A rejecting probe counts as "not yet". */
export async function waitUntil(probe: () => Promise<boolean>, patience: Patience): Promise<boolean> {
  const { timeoutMs, everyMs = 50, signal } = patience;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    if (await probe().catch(() => false)) return true;
    if (performance.now() >= deadline) return false;
    await delay(everyMs);
  }
}
