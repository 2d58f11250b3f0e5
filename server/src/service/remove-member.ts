/** Removing a member: the room decides in one atom, then the room goes out of the user's own list. */
import { isUserId } from '../protocol/index.ts';
import { ChatError, invalidField } from './chat-error.ts';
import { creatorSidOf } from './creator.ts';
import type { ServiceDeps } from './deps.ts';
import type { Identity } from './ports.ts';

/**
 * For the creator alone (`creatorSidOf`); else FORBIDDEN, or ROOM_NOT_FOUND in a private room to who is no member.
 * Idempotent: who is no member is kept out too. Where the node dies before the user's list is told, the membership is
 * ended all the same, and the list loses the room with the session.
 */
export async function removeMember(
  deps: Pick<ServiceDeps, 'rooms' | 'sessions'>,
  caller: Identity,
  { roomId, userId }: { roomId: string; userId: string },
): Promise<void> {
  const target = userId.normalize('NFC');
  if (!isUserId(target)) throw invalidField('userId', 'userId');
  const answer = await deps.rooms.remove(roomId, { userId: caller.userId, sid: creatorSidOf(caller) }, target);
  if (answer === 'absent') throw new ChatError('ROOM_NOT_FOUND');
  if (answer === 'forbidden') throw new ChatError('FORBIDDEN');
  if (answer === 'creator') throw invalidField('userId', 'creatorStays');
  await deps.sessions.forget(target, roomId);
}
