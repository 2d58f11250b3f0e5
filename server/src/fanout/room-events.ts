/** Which frame each kind of event becomes, and when: single changes in small rooms, counts in large ones. */
import { rosterView } from '../protocol/index.ts';
import type { RoomSnapshot } from '../service/ports.ts';
import type { PassingEvent, RosterEvent } from './envelope.ts';
import { batchOf, customFrame, eventFrame } from './frame.ts';
import { rejoin } from './rejoin.ts';
import type { Entry, RoomAudience } from './room-audience.ts';
import type { Roster } from './roster.ts';

/** `room_stats` and `reads` are told at most once in this time. */
const CALM_INTERVAL_MS = 1_000;

/** How the members were read: after the server's history changed, or with a revision below one that was told (null: not). */
export type MembersRead = { hasTurned: boolean; lostFromRev: number | null };

/** Turns what happened in a room into frames for its audience. */
export function createRoomEvents(roomId: string, audience: RoomAudience, roster: Roster) {
  let calm: NodeJS.Timeout | null = null;
  let statsDue = false;
  let reads: Record<string, number> = {};

  /** Told at the end of the interval: whoever asks in between is told with it. */
  function calmly(): void {
    calm ??= setTimeout(() => {
      calm = null;
      if (Object.keys(reads).length > 0) audience.enqueue(eventFrame('reads', { roomId, positions: reads }));
      if (statsDue) audience.enqueue(eventFrame('room_stats', { roomId, ...roster.counts() }));
      reads = {};
      statsDue = false;
    }, CALM_INTERVAL_MS).unref();
  }

  /**
   * A `left` may have been among the changes that were not heard. Whoever joins is told when the join is through; where
   * the server's history is another, the join may be what is missing.
   */
  function settleMembership(rev: number, { hasTurned, lostFromRev }: MembersRead): void {
    for (const entry of [...audience.entries.values()]) {
      if (lostFromRev !== null) forgetRevs(entry, lostFromRev);
      const isNews = rev > entry.minRev && rev >= entry.memberRev;
      if (entry.kept !== null) entry.kept = [];
      else if (isNews && !roster.has(entry.outlet.userId)) end(entry, hasTurned);
    }
  }

  function end(entry: Entry, hasTurned: boolean): void {
    const reason = roster.reasonOf(entry.outlet.userId);
    if (hasTurned && !entry.isLeaving && reason !== 'removed') void rejoin(audience, entry);
    else audience.expel(entry, reason);
  }

  return {
    /** The members at the beginning, before anybody is in the feed. */
    adopt(snapshot: RoomSnapshot): void {
      roster.replace(snapshot);
    },
    /** A change of members or presence, in its order. Answers whether the room must be told all `members` instead. */
    roster(event: RosterEvent): boolean {
      const hasCrossed = roster.apply(event);
      audience.keep(event);
      if (event.change === 'left') {
        for (const entry of audience.ofUser(event.userId)) {
          if (entry.isLive && entry.kept === null && event.rev > entry.minRev) audience.expel(entry, event.reason);
        }
      }
      if (hasCrossed) return true;
      if (roster.isLarge()) {
        statsDue = true;
        calmly();
      } else audience.enqueue(rosterFrame(roomId, event), event.rev);
      return false;
    },
    passing(event: PassingEvent): void {
      if (event.kind === 'reads') roster.read(event.positions);
      if (event.kind === 'custom') audience.enqueue(customFrame(event.event, event.payload));
      else if (roster.isLarge()) return;
      else if (event.kind === 'typing') audience.enqueue(eventFrame('typing', { roomId, userId: event.userId }));
      else {
        Object.assign(reads, event.positions);
        calmly();
      }
    },
    /** The whole truth again. In a large room everyone is shown another cut. */
    members(snapshot: RoomSnapshot, read: MembersRead): void {
      const { rev } = snapshot;
      roster.replace(snapshot);
      const isLarge = roster.isLarge();
      settleMembership(rev, read);
      if (!isLarge) {
        audience.enqueue(membersFrame(roomId, rev, rosterView(snapshot, '', false)), rev);
        return;
      }
      audience.flush();
      for (const { outlet, isLive, kept, minRev } of audience.entries.values()) {
        if (!isLive || kept !== null || rev <= minRev) continue;
        outlet.deliver(batchOf([membersFrame(roomId, rev, rosterView(snapshot, outlet.userId, true))]));
      }
    },
    close(): void {
      if (calm) clearTimeout(calm);
    },
  };
}
export type RoomEvents = ReturnType<typeof createRoomEvents>;

/** Everybody, as one user is shown them. */
export function membersFrame(roomId: string, rev: number, view: ReturnType<typeof rosterView>) {
  return eventFrame('members', { roomId, rev, ...view });
}

/** A change of members as clients hear it. */
export function rosterFrame(roomId: string, event: RosterEvent) {
  const { userId, rev } = event;
  if (event.change === 'joined') return eventFrame('user_joined', { roomId, userId, rev });
  if (event.change === 'left') return eventFrame('user_left', { roomId, userId, rev, reason: event.reason });
  return eventFrame('presence', { roomId, userId, status: event.status, rev });
}

/** What the connection knew up to this revision is lost. */
function forgetRevs(entry: Entry, lostFromRev: number): void {
  if (entry.minRev <= lostFromRev) entry.minRev = 0;
  if (entry.memberRev <= lostFromRev) entry.memberRev = 0;
}
