/** Who is in a room, as this node knows it: one copy per room, kept by snapshots and events. */
import { byCodePoint, type LeaveReason, LIMITS } from '../protocol/index.ts';
import type { RoomMark, RoomSnapshot } from '../service/ports.ts';
import type { RosterEvent } from './envelope.ts';

/** Names in code-point order: one more or less moves the others, and nobody sorts. */
class SortedNames {
  all: string[] = [];

  /** `sorted` is in order. */
  replace(sorted: readonly string[]): void {
    this.all = [...sorted];
  }

  has(name: string): boolean {
    return this.all[this.#placeOf(name)] === name;
  }

  set(name: string, isIn: boolean): void {
    const place = this.#placeOf(name);
    if ((this.all[place] === name) === isIn) return;
    if (isIn) this.all.splice(place, 0, name);
    else this.all.splice(place, 1);
  }

  #placeOf(name: string): number {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (byCodePoint(this.all[middle] ?? '', name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The names of one room, and what else a join is told of it. In a large room lists are cut and single changes are not told. */
export function createRoster() {
  const members = new SortedNames();
  const online = new SortedNames();
  let removed = new Set<string>();
  let reads = new Map<string, number>();
  let about: RoomSnapshot | null = null;
  let isLarge = false;

  /** Whether the room just became large, or small again. */
  function hasCrossed(): boolean {
    const wasLarge = isLarge;
    if (members.all.length > LIMITS.largeRoomEnter) isLarge = true;
    else if (members.all.length <= LIMITS.largeRoomLeave) isLarge = false;
    return wasLarge !== isLarge;
  }

  function leave(userId: string, reason: LeaveReason): void {
    members.set(userId, false);
    online.set(userId, false);
    reads.delete(userId);
    if (reason === 'removed') removed.add(userId);
  }

  return {
    replace(snapshot: RoomSnapshot): boolean {
      about = snapshot;
      members.replace(snapshot.members);
      online.replace(snapshot.online);
      removed = new Set(snapshot.removed);
      reads = new Map(Object.entries(snapshot.reads));
      return hasCrossed();
    },
    /** Answers whether the room crossed the line between small and large. */
    apply(event: RosterEvent): boolean {
      const { userId } = event;
      if (event.change === 'left') leave(userId, event.reason);
      else if (event.change === 'joined') {
        members.set(userId, true);
        online.set(userId, true);
        removed.delete(userId);
      } else if (members.has(userId)) online.set(userId, event.status === 'online');
      return hasCrossed();
    },
    /** Somebody has read further. */
    read(positions: Readonly<Record<string, number>>): void {
      for (const [userId, seq] of Object.entries(positions)) if (members.has(userId)) reads.set(userId, seq);
    },
    isLarge: () => isLarge,
    has: (userId: string) => members.has(userId),
    /** Why somebody is no member whose leave was not heard. */
    reasonOf: (userId: string): LeaveReason => (removed.has(userId) ? 'removed' : 'left'),
    /** Both lists in code-point order; only to be read, and only in this turn. */
    names: () => ({ members: members.all as readonly string[], online: online.all as readonly string[] }),
    counts: () => ({ memberCount: members.all.length, onlineCount: online.all.length }),
    /** The room as a join is told of it, without asking Redis; null before the first snapshot. Good for this turn. */
    snapshot(mark: RoomMark): RoomSnapshot | null {
      if (about === null) return null;
      const lists = { members: members.all, online: online.all, removed: [...removed] };
      return { ...about, ...mark, ...lists, reads: isLarge ? {} : Object.fromEntries(reads) };
    },
  };
}
export type Roster = ReturnType<typeof createRoster>;
