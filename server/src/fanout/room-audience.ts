/** The connections of one room on this node: what waits for them, who is still joining, who must not be told what. */
import type { LeaveReason } from '../protocol/index.ts';
import type { Entrance, Frame, Outlet } from '../service/live-ports.ts';
import type { RosterEvent } from './envelope.ts';
import { batchOf, eventFrame } from './frame.ts';
import type { FanoutMeter } from './meter.ts';

/** One connection in one room. */
export type Entry = {
  outlet: Outlet;
  /** In the feed; false while its first join is under way. */
  isLive: boolean;
  /** Changes of members kept while a join is under way; null otherwise. */
  kept: RosterEvent[] | null;
  /** `joined.rev`: changes up to here are known to the client. */
  minRev: number;
  /** Its join was lost and it enters again: members of a lower revision are from before that. Infinite while under way, 0 without. */
  memberRev: number;
  /** Asked to leave: it is not told that it did. */
  isLeaving: boolean;
  /** How its membership ended while it was leaving: told after all if the leave fails. */
  untold: LeaveReason | 'gone' | null;
  /** Its join scripts, run again where the server lost what they did. */
  entrance: Entrance;
  bytesSinceCheck: number;
};

/** More than this waiting in the process and the reader is cut (delivery.md). */
const MAX_PENDING_BYTES = 1024 * 1024;
const CHECK_EVERY_BYTES = 64 * 1024;

/** `onFirstPending` asks for a flush; it is called once until that flush. */
export class RoomAudience {
  readonly entries = new Map<string, Entry>();
  readonly #roomId: string;
  readonly #meter: FanoutMeter;
  readonly #onFirstPending: () => void;
  #frames: Frame[] = [];
  /** Revisions of the waiting frames, 0 for those that have none; empty while all are 0. */
  #revs: number[] = [];

  constructor(roomId: string, meter: FanoutMeter, onFirstPending: () => void) {
    this.#roomId = roomId;
    this.#meter = meter;
    this.#onFirstPending = onFirstPending;
  }

  /** A frame for everyone in the feed; one with a `rev` not for those who know it already. */
  enqueue(frame: Frame, rev = 0): void {
    if (this.#frames.length === 0) this.#onFirstPending();
    if (rev > 0 || this.#revs.length > 0) {
      while (this.#revs.length < this.#frames.length) this.#revs.push(0);
      this.#revs.push(rev);
    }
    this.#frames.push(frame);
  }

  /** Writes what waits: the same frames, and so the same bytes, to every connection. */
  flush(): void {
    const frames = this.#frames;
    const revs = this.#revs;
    if (frames.length === 0) return;
    this.#frames = [];
    this.#revs = [];
    const batch = batchOf(frames);
    const lowestRev = lowest(revs);
    let told = 0;
    for (const entry of this.entries.values()) {
      if (!entry.isLive) continue;
      told++;
      const hearsAll = lowestRev === 0 || isFor(entry, lowestRev);
      const theirs = hearsAll ? batch : batchOf(frames.filter((_, i) => isFor(entry, revs[i] ?? 0)));
      if (theirs.frames.length > 0) entry.outlet.deliver(theirs);
      this.#watch(entry, batch.size);
    }
    this.#meter.flushed(frames, told);
  }

  /** A join begins: changes of members are kept for it from now on. Messages go on if it was in the room already. */
  beginJoin(outlet: Outlet, entrance: Entrance): Entry {
    this.flush();
    const entry = this.entries.get(outlet.id) ?? newEntry(outlet, entrance);
    entry.entrance = entrance;
    entry.kept = [];
    this.entries.set(outlet.id, entry);
    return entry;
  }

  /** Remembers a change for those who are joining. */
  keep(event: RosterEvent): void {
    for (const entry of this.entries.values()) entry.kept?.push(event);
  }

  ofUser(userId: string): Entry[] {
    return [...this.entries.values()].filter((entry) => entry.outlet.userId === userId);
  }

  remove(entry: Entry): void {
    if (this.entries.get(entry.outlet.id) === entry) this.entries.delete(entry.outlet.id);
  }

  /** Ends a membership for one connection, after everything that was said before. */
  expel(entry: Entry, reason: LeaveReason | 'gone'): void {
    this.flush();
    this.remove(entry);
    if (!entry.isLive) return;
    if (entry.isLeaving) entry.untold = reason;
    else entry.outlet.deliver(batchOf([eventFrame('left', { roomId: this.#roomId, reason })]));
  }

  /** It could not leave after all, unless the answer alone was lost. */
  stay(entry: Entry): void {
    entry.isLeaving = false;
    if (entry.untold) this.expel(entry, entry.untold);
  }

  #watch(entry: Entry, bytes: number): void {
    entry.bytesSinceCheck += bytes;
    if (entry.bytesSinceCheck < CHECK_EVERY_BYTES) return;
    entry.bytesSinceCheck = 0;
    if (entry.outlet.pendingBytes() <= MAX_PENDING_BYTES) return;
    entry.outlet.close('SLOW_CONSUMER');
  }
}

function newEntry(outlet: Outlet, entrance: Entrance): Entry {
  return {
    outlet,
    entrance,
    isLive: false,
    kept: null,
    minRev: 0,
    memberRev: 0,
    isLeaving: false,
    untold: null,
    bytesSinceCheck: 0,
  };
}

/** The lowest revision of all, 0 where there is none. */
function lowest(revs: readonly number[]): number {
  let rev = 0;
  for (const one of revs) if (one > 0 && (rev === 0 || one < rev)) rev = one;
  return rev;
}

function isFor(entry: Entry, rev: number): boolean {
  return rev === 0 || (entry.kept === null && rev > entry.minRev);
}
