/** How often one connection may ask for what costs Redis something: a token bucket in this process. */
import { ChatError } from './chat-error.ts';

/** Requests a second, and how many at once: far above what a client needs that opens fifty rooms. */
const PER_SECOND = 100;
const BURST = 400;

/** Returns a function that passes, or throws RATE_LIMITED with the time until the next request may come. */
export function createRequestGate(nowMs: () => number = () => performance.now()): () => void {
  let tokens = BURST;
  let atMs = nowMs();
  return () => {
    const now = nowMs();
    tokens = Math.min(BURST, tokens + ((now - atMs) * PER_SECOND) / 1_000);
    atMs = now;
    if (tokens < 1)
      throw new ChatError('RATE_LIMITED', { retryAfterMs: Math.ceil(((1 - tokens) * 1_000) / PER_SECOND) });
    tokens--;
  };
}
