/** Joining: the room stands in the user's list first, then the user in the room. */
import { ChatError } from './chat-error.ts';
import type { ServiceDeps } from './deps.ts';
import type { Entrance } from './live-ports.ts';
import type { Identity, RoomSnapshot, UserStamp } from './ports.ts';

/** A user script that was overtaken is run again this often. */
const TRIES = 3;

type Door = { roomId: string; invite: string };
type Deps = Pick<ServiceDeps, 'rooms' | 'sessions'>;

/** The way of one connection into one room, kept as long as it is in there. A class, not closures, which would keep the whole join. */
export class RoomEntrance implements Entrance {
  readonly #deps: Deps;
  readonly #identity: Identity;
  readonly #door: Door;

  constructor(deps: Deps, identity: Identity, door: Door) {
    this.#deps = deps;
    this.#identity = identity;
    this.#door = door;
  }

  enter(isKnown: boolean): Promise<RoomSnapshot | null> {
    return joinRoom(this.#deps, this.#identity, { ...this.#door, isKnown });
  }
}

/**
 * Makes the user a member, with the user's own scripts before the room's. ROOM_NOT_FOUND, FORBIDDEN. Null: whoever asks
 * knows the user as a member (`isKnown`), and so does the room, which need not be asked.
 */
export async function joinRoom(
  deps: Deps,
  identity: Identity,
  door: Door & { isKnown?: boolean },
): Promise<RoomSnapshot | null> {
  const { roomId, invite, isKnown = false } = door;
  const entered: UserStamp[] = [];
  const withdraw = () => Promise.all(entered.map((stamp) => deps.sessions.withdraw(stamp, roomId)));
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const stamp = await deps.sessions.enter(identity, roomId);
    if (isKnown && stamp.wasMember) return null;
    entered.push(stamp);
    const answer = await deps.rooms.join(roomId, stamp, invite).catch(async (error: unknown) => {
      if (error instanceof ChatError && error.code === 'FORBIDDEN') await withdraw();
      throw error;
    });
    if (answer === 'absent') {
      await withdraw();
      throw new ChatError('ROOM_NOT_FOUND');
    }
    if (answer !== 'stale') return answer;
  }
  throw new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 200 });
}
