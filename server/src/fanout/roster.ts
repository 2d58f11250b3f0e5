/** Who is in a room, as this node knows it: one copy per room, kept by snapshots and events. */
import { type LeaveReason, LIMITS, type PresenceStatus } from '../protocol/index.ts';
import type { RoomSnapshot } from '../service/ports.ts';
import type { RosterEvent } from './envelope.ts';

/** The names of one room. In a large room lists are cut and single changes are not told. */
export function createRoster() {
  let statuses = new Map<string, PresenceStatus>();
  let removed = new Set<string>();
  let onlineCount = 0;
  let isLarge = false;

  function set(userId: string, status: PresenceStatus | null): void {
    if (statuses.get(userId) === 'online') onlineCount--;
    if (status === null) statuses.delete(userId);
    else statuses.set(userId, status);
    if (status === 'online') onlineCount++;
  }

  /** Whether the room just became large, or small again. */
  function hasCrossed(): boolean {
    const wasLarge = isLarge;
    if (statuses.size > LIMITS.largeRoomEnter) isLarge = true;
    else if (statuses.size <= LIMITS.largeRoomLeave) isLarge = false;
    return wasLarge !== isLarge;
  }

  return {
    replace(snapshot: RoomSnapshot): boolean {
      const online = new Set(snapshot.online);
      statuses = new Map(snapshot.members.map((name) => [name, online.has(name) ? 'online' : 'offline']));
      removed = new Set(snapshot.removed);
      onlineCount = snapshot.online.length;
      return hasCrossed();
    },
    /** Answers whether the room crossed the line between small and large. */
    apply(event: RosterEvent): boolean {
      if (event.change === 'left') {
        set(event.userId, null);
        if (event.reason === 'removed') removed.add(event.userId);
      } else if (event.change === 'joined') set(event.userId, 'online');
      else if (statuses.has(event.userId)) set(event.userId, event.status);
      return hasCrossed();
    },
    isLarge: () => isLarge,
    has: (userId: string) => statuses.has(userId),
    /** Why somebody is no member whose leave was not heard. */
    reasonOf: (userId: string): LeaveReason => (removed.has(userId) ? 'removed' : 'left'),
    /** Both lists in code-point order, which is the order of their UTF-8. */
    names(): { members: string[]; online: string[] } {
      const members = [...statuses.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      return { members, online: members.filter((name) => statuses.get(name) === 'online') };
    },
    counts: () => ({ memberCount: statuses.size, onlineCount }),
  };
}
export type Roster = ReturnType<typeof createRoster>;
