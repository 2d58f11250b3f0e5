/** A private room must not show itself by how soon a join is refused: a room that lives on this node needs no subscription first. */
import { ChatError } from './chat-error.ts';

/** Longer than Redis needs for either, shorter than anybody notices. */
const EVEN_MS = 30;

/** Rejects with the error; ROOM_NOT_FOUND no sooner than a fixed time after `startMs` (of `performance.now()`). */
export async function refuseEvenly(error: unknown, startMs: number): Promise<never> {
  const leftMs = startMs + EVEN_MS - performance.now();
  if (error instanceof ChatError && error.code === 'ROOM_NOT_FOUND' && leftMs > 0) {
    await new Promise((resolve) => setTimeout(resolve, leftMs));
  }
  throw error;
}
