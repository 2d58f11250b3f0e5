/** How often one connection may ask for what costs Redis something: a token bucket in this process. */
import { ChatError } from './chat-error.ts';

/** Requests a second, and how many at once: far above what a client needs that opens fifty rooms. */
const PER_SECOND = 100;
const BURST = 400;

/** One connection's bucket. */
export interface RequestGate {
  /** Passes, or throws RATE_LIMITED with the time until the next request may come. */
  take(): void;
  /** The request cost nothing after all: Redis was away. */
  giveBack(): void;
}

/** A full bucket. */
export function createRequestGate(nowMs: () => number = () => performance.now()): RequestGate {
  let tokens = BURST;
  let atMs = nowMs();
  return {
    take() {
      const now = nowMs();
      tokens = Math.min(BURST, tokens + ((now - atMs) * PER_SECOND) / 1_000);
      atMs = now;
      const waitMs = Math.ceil(((1 - tokens) * 1_000) / PER_SECOND);
      if (tokens < 1) throw new ChatError('RATE_LIMITED', { retryAfterMs: waitMs });
      tokens--;
    },
    giveBack() {
      tokens = Math.min(BURST, tokens + 1);
    },
  };
}
