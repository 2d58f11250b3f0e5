/** A private room must not show itself by how soon a join is refused: one that lives on this node needs no subscription, and shares the batch of its members. */
import { ChatError } from './chat-error.ts';

/** Longer than the subscription and, in a storm, the two batches that a join may wait for take together; shorter than anybody minds. */
const EVEN_MS = 300;

/** Rejects with the error; ROOM_NOT_FOUND only at whole multiples of a fixed time after `startMs` (of `performance.now()`). */
export async function refuseEvenly(error: unknown, startMs: number): Promise<never> {
  if (error instanceof ChatError && error.code === 'ROOM_NOT_FOUND') {
    const tookMs = performance.now() - startMs;
    const leftMs = Math.max(1, Math.ceil(tookMs / EVEN_MS)) * EVEN_MS - tookMs;
    await new Promise((resolve) => setTimeout(resolve, leftMs));
  }
  throw error;
}
