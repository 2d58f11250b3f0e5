/** Leaving: ends the user's membership, on all tabs. */
import { ChatError } from './chat-error.ts';
import type { ServiceDeps } from './deps.ts';

const TRIES = 3;

/** Idempotent. ROOM_NOT_FOUND where there is no such room. */
export async function leaveRoom(
  deps: Pick<ServiceDeps, 'rooms' | 'sessions'>,
  userId: string,
  roomId: string,
): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const stamp = await deps.sessions.exit(userId, roomId, 'left');
    const answer = await deps.rooms.leave(roomId, stamp, 'left');
    if (answer === 'stale') continue;
    await deps.sessions.settle({ roomId, stamp, leave: 'left' });
    if (answer === 'absent') throw new ChatError('ROOM_NOT_FOUND');
    return;
  }
  throw new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 200 });
}
