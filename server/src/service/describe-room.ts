/** What somebody may know of a room without being in it. */
import { LIMITS, rosterView } from '../protocol/index.ts';
import { ChatError } from './chat-error.ts';
import type { ServiceDeps } from './deps.ts';
import type { Identity } from './ports.ts';
import type { RoomDescription } from './use-cases.ts';

/** ROOM_NOT_FOUND also for a private room, to everybody but its members. */
export async function describeRoom(
  { rooms }: Pick<ServiceDeps, 'rooms'>,
  roomId: string,
  viewer: Identity | null,
): Promise<RoomDescription> {
  const userId = viewer?.userId ?? '';
  const room = await rooms.snapshot(roomId, userId);
  if (!room) throw new ChatError('ROOM_NOT_FOUND');
  const isLarge = room.members.length > LIMITS.largeRoomEnter;
  const status = room.members.length > 0 ? 'active' : 'idle';
  return { roomId, title: room.title, status, ...rosterView(room, userId, isLarge) };
}
