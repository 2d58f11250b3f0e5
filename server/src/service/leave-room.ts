/** Leaving: ends the user's membership, on all tabs. */
import { ChatError } from './chat-error.ts';
import type { ServiceDeps } from './deps.ts';

const TRIES = 3;

/** Idempotent. ROOM_NOT_FOUND where there is no such room, also to a stranger of a private one. */
export async function leaveRoom(
  deps: Pick<ServiceDeps, 'rooms' | 'sessions'>,
  userId: string,
  roomId: string,
): Promise<void> {
  let wasMember = false;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const stamp = await deps.sessions.exit(userId, roomId, 'left');
    wasMember ||= stamp.wasMember;
    const answer = await deps.rooms.leave(roomId, stamp, 'left');
    if (answer === 'stale') continue;
    await deps.sessions.settle({ roomId, stamp, leave: 'left' });
    // A sweep may have carried the pending leave out before us: the room does not know its member any more, and all is well.
    if (answer === 'absent' && !wasMember) throw new ChatError('ROOM_NOT_FOUND');
    return;
  }
  throw new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 200 });
}
