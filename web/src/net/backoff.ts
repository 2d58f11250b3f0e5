/** How long to wait before trying again. Pure. */

/** 1, 2, 4 … ≤ 30 s by default. */
export type Backoff = { baseMs: number; capMs: number };

/** The waits of people's clients. */
export const DEFAULT_BACKOFF: Backoff = { baseMs: 1_000, capMs: 30_000 };

/**
 * Full jitter (Brooker, "Exponential Backoff and Jitter"): anywhere between 0 and the doubled wait of this attempt, so that
 * clients that were cut together do not come back together. `attempt` from 1, `random` in [0, 1).
 */
export function fullJitterMs(backoff: Backoff, attempt: number, random: number): number {
  const ceiling = Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(ceiling * random);
}
