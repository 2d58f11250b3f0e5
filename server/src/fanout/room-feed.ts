/** One room on this node: lets events out in the one order, holds what comes too early, and asks for repair. */
import { currentGen, formatPosition, isGoodPosition, type ResyncReason } from '../protocol/index.ts';
import type { Generation, RoomMark, RoomSnapshot } from '../service/ports.ts';
import type { BusEvent, MessageEvent, RosterEvent } from './envelope.ts';
import { eventFrame, messageFrame } from './frame.ts';
import { createHeldEvents } from './held-events.ts';
import type { FanoutMeter } from './meter.ts';
import type { RecentMessages } from './recent-messages.ts';
import type { RoomAudience } from './room-audience.ts';
import type { RoomEvents } from './room-events.ts';
import { createWaiters } from './waiters.ts';

export type RoomFeedDeps = {
  roomId: string;
  audience: RoomAudience;
  events: RoomEvents;
  recent: RecentMessages;
  meter: FanoutMeter;
  /** Starts a repair of this feed (`repair.ts`); until it sets `isRepairing` back, the feed holds everything. */
  startRepair(): void;
};

/** Without a base (`adopt`) a feed only holds. Every message leaves through `#deliver`, in the order of its seq. */
export class RoomFeed {
  readonly roomId: string;
  readonly held = createHeldEvents();
  readonly waiters = createWaiters();
  epoch = '';
  gen = '';
  lastSeq = 0;
  rev = 0;
  hasBase = false;
  isRepairing = false;
  /** The revisions have a hole, or the room became large or small: everyone is told `members` next. */
  needsMembers = false;
  /** The server has another history since the members were read last: a join may be lost. */
  hasTurned = false;
  closedBecause: Error | null = null;
  /** The histories of the room, as far as this node has heard of them. */
  gens: readonly Generation[] = [];
  /** The history that the feed's last message was written in; `gen` may be newer. */
  #lastGen = '';
  readonly #deps: RoomFeedDeps;

  constructor(deps: RoomFeedDeps) {
    this.roomId = deps.roomId;
    this.#deps = deps;
  }

  /** Where the feed stands; null while it may be behind without knowing how far. */
  mark(): RoomMark | null {
    if (!this.hasBase || this.isRepairing || this.needsMembers || this.closedBecause) return null;
    return { epoch: this.epoch, gens: this.gens, seq: this.lastSeq, rev: this.rev };
  }

  /** An event as the bus brought it. */
  accept(event: BusEvent): void {
    if (this.closedBecause) return;
    if (!this.hasBase || this.isRepairing) this.#hold(event);
    else if (!this.#apply(event)) {
      this.#hold(event);
      this.repair();
    }
  }

  /** A change of members that could not be kept leaves a hole in the revisions. */
  #hold(event: BusEvent): void {
    if (!this.held.push(event) && event.kind === 'roster') this.needsMembers = true;
  }

  /** The first state: from here on the feed knows what comes next. */
  adopt(snapshot: RoomSnapshot): void {
    this.epoch = snapshot.epoch;
    this.gen = currentGen(snapshot);
    this.gens = snapshot.gens;
    this.#lastGen = this.gen;
    this.lastSeq = snapshot.seq;
    this.rev = snapshot.rev;
    this.hasBase = true;
    this.#deps.events.adopt(snapshot);
    if (!this.drain(0)) this.repair();
    this.waiters.check();
  }

  /** Has the room looked at; one repair at a time. */
  repair(): void {
    if (this.isRepairing || this.closedBecause) return;
    this.isRepairing = true;
    this.#deps.meter.gap('found');
    this.#deps.startRepair();
  }

  /**
   * Judges the feed's own position by where the room stands: a position in a lost tail is cut, and the room is told.
   * Afterwards the feed is part of the room's newest history. A restart can take away the very beginning of a history
   * that the feed was found to be part of; then what its last message proves still holds.
   */
  judge(mark: RoomMark): void {
    // With the history the revisions jump, and a join may be among what was lost. Asked before a cut takes the new one on.
    if (this.gen !== currentGen(mark)) {
      this.hasTurned = true;
      this.needsMembers = true;
    }
    const isGood = (gen: string) => isGoodPosition({ epoch: this.epoch, gen, seq: this.lastSeq }, mark);
    if (!isGood(this.gen) && !isGood(this.#lastGen)) this.cut('history_lost', mark);
    this.gen = currentGen(mark);
    this.gens = mark.gens;
  }

  /** The gap cannot be filled: everyone is told, and the next message is `mark.seq + 1`. */
  cut(reason: ResyncReason, mark: RoomMark): void {
    const { audience, recent, meter } = this.#deps;
    this.gen = currentGen(mark);
    this.gens = mark.gens;
    this.#lastGen = this.gen;
    this.lastSeq = mark.seq;
    recent.forget(this.roomId);
    meter.resync(reason);
    const position = formatPosition({ epoch: mark.epoch, gen: this.gen, seq: mark.seq });
    audience.enqueue(eventFrame('resync', { roomId: this.roomId, reason, seq: mark.seq, position }));
  }

  /** The next entry of the log; types that this version does not know are passed over. */
  advance(seq: number, message: MessageEvent | null): void {
    this.lastSeq = seq;
    if (message) this.#deliver(message);
  }

  /** The members as they are, after a hole in the revisions. */
  adoptMembers(snapshot: RoomSnapshot): void {
    this.needsMembers = false;
    // The feed holds everything while it is repaired, so a lower revision means that later ones are lost.
    const lostFromRev = snapshot.rev < this.rev ? this.rev : null;
    this.rev = snapshot.rev;
    this.#deps.events.members(snapshot, { hasTurned: this.hasTurned || lostFromRev !== null, lostFromRev });
    this.hasTurned = false;
  }

  /**
   * Lets out what was held, in order. What was already held when the room was asked (`known` events) and still does
   * not fit is none of this room's history and is dropped. Answers false if something does not fit yet: what is newer,
   * or what waits for the members, unless they were read just now (`hasMembers`).
   */
  drain(known: number, hasMembers = false): boolean {
    const waiting = this.held.take();
    const isComplete = !this.held.hasOverflowed();
    for (const [i, event] of waiting.entries()) {
      if (this.#apply(event)) continue;
      if (i >= known || (this.needsMembers && !hasMembers)) {
        this.held.putBack(waiting.slice(i));
        return false;
      }
      this.needsMembers = false;
      this.#deps.meter.dropped('unknown');
    }
    return isComplete;
  }

  /** Nothing is let out any more; whoever waits is told why. */
  close(because: Error): void {
    this.closedBecause = because;
    this.#deps.events.close();
    this.#deps.recent.forget(this.roomId);
    this.held.take();
    this.waiters.fail(because);
  }

  /** Whether the event could be dealt with now: let out, or dropped as a repeat. */
  #apply(event: BusEvent): boolean {
    if (event.kind === 'msg') return this.#applyMessage(event);
    if (event.kind === 'roster') return this.#applyRoster(event);
    this.#deps.events.passing(event);
    return true;
  }

  #applyMessage(event: MessageEvent): boolean {
    const { epoch, gen, seq } = event.at;
    if (gen !== this.gen || epoch !== this.epoch || seq > this.lastSeq + 1) return false;
    if (seq <= this.lastSeq) {
      this.#deps.meter.dropped('repeat');
      return true;
    }
    this.lastSeq = seq;
    this.#deliver(event);
    return true;
  }

  /** An event about a user never overtakes an earlier message: it waits until the feed is where the room was. */
  #applyRoster(event: RosterEvent): boolean {
    const { at, rev } = event;
    if (at.epoch !== this.epoch || at.gen !== this.gen || at.seq > this.lastSeq) return false;
    if (rev <= this.rev) return true;
    if (rev > this.rev + 1) {
      this.needsMembers = true;
      return false;
    }
    this.rev = rev;
    if (this.#deps.events.roster(event)) {
      this.needsMembers = true;
      this.repair();
    }
    this.waiters.check();
    return true;
  }

  #deliver(event: MessageEvent): void {
    this.#lastGen = event.at.gen;
    this.#deps.recent.add(this.roomId, event.at.seq, event.published);
    this.#deps.audience.enqueue(messageFrame(event.published));
    this.waiters.check();
  }
}
