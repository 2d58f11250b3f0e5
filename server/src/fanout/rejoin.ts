/** Members whose join the server has lost: they enter again, or are told that they are members no more. */
import { ChatError } from '../service/chat-error.ts';
import type { Entry, RoomAudience } from './room-audience.ts';

/**
 * Never rejects. Who cannot enter just now loses the connection, and joins again with the next one. Members that were
 * read before the return went through say nothing of it.
 */
export async function rejoin(audience: RoomAudience, entry: Entry): Promise<void> {
  entry.memberRev = Number.POSITIVE_INFINITY;
  try {
    entry.memberRev = (await entry.entrance.enter(false))?.rev ?? 0;
  } catch (error) {
    entry.memberRev = 0;
    if (audience.entries.get(entry.outlet.id) !== entry) return;
    if (error instanceof ChatError && !error.isRetryable) audience.expel(entry, 'removed');
    else entry.outlet.close('CONNECTION_LOST');
  }
}
