/** The rooms of this node: a feed opens with the first connection and closes with the last. */
import { ChatError } from '../service/chat-error.ts';
import type { Admission, Bus, BusListener, LiveRooms, Outlet } from '../service/live-ports.ts';
import type { Clock, Failures, RoomMark, RoomStore } from '../service/ports.ts';
import { admit } from './admit.ts';
import { parseEnvelope } from './envelope.ts';
import { createFlusher } from './flush.ts';
import { createLiveRoom, type LiveRoom, type LiveRoomDeps } from './live-room.ts';
import type { FanoutMeter } from './meter.ts';
import { createRecentMessages } from './recent-messages.ts';
import { createRepair } from './repair.ts';
import { createReplays } from './replay.ts';
import type { RoomFeed } from './room-feed.ts';

export type LiveRoomsDeps = {
  rooms: Pick<RoomStore, 'marks' | 'snapshot' | 'range'>;
  /** Makes the bus with the listener that this module is. */
  connectBus(listener: BusListener): Bus;
  flushWindowMs: number;
  recentBytes: number;
  failures: Failures;
  meter: FanoutMeter;
  clock: Clock;
  /** Whether this process stood still: it then delivers nothing more of what waited. */
  hasFrozen(): boolean;
};

/** Fan-out as the rest of the node sees it. */
export class NodeRooms implements LiveRooms {
  readonly bus: Bus;
  readonly #deps: LiveRoomsDeps;
  readonly #parts: LiveRoomDeps;
  readonly #live = new Map<string, LiveRoom>();
  /** Rooms of each connection, those it is still joining included. */
  readonly #roomsOf = new Map<string, readonly string[]>();
  /** Joins and leaves of one connection and room run one after the other. */
  readonly #turns = new Map<string, Promise<void>>();
  /** Connections that have ended: a join that waited for its turn comes too late. */
  readonly #ended = new WeakSet<Outlet>();
  /** Since when each feed is under repair, the oldest first. */
  readonly #gapsSinceMs = new Map<RoomFeed, number>();

  constructor(deps: LiveRoomsDeps) {
    const { rooms, failures, meter } = deps;
    const recent = createRecentMessages(deps.recentBytes);
    const flusher = createFlusher(deps.flushWindowMs, deps.clock.monotonicMs);
    const repair = createRepair({ rooms, failures, meter, onGone: (roomId) => this.#gone(roomId) });
    this.#deps = deps;
    const replays = createReplays({ rooms, recent, meter });
    const repairAndSweep = async (feed: RoomFeed) => {
      this.#gapsSinceMs.set(feed, deps.clock.monotonicMs());
      await repair(feed);
      this.#gapsSinceMs.delete(feed);
      this.#shutIfEmpty(feed.roomId);
    };
    const asking = { readWhole: (roomId: string) => rooms.snapshot(roomId), isHeard: () => this.bus.isAlive() };
    this.#parts = { flusher, recent, replays, meter, repair: repairAndSweep, ...asking };
    this.bus = deps.connectBus({
      message: (roomId, payload) => this.#hear(roomId, payload),
      restored: (roomIds) => void this.#compareAll(roomIds),
    });
  }

  attach(outlet: Outlet, admission: Admission): Promise<void> {
    return this.#metered(this.#inTurn(`${outlet.id} ${admission.roomId}`, () => this.#join(outlet, admission)));
  }

  leave(outlet: Outlet, roomId: string, run: () => Promise<void>): Promise<void> {
    return this.#inTurn(`${outlet.id} ${roomId}`, () => this.#leave(outlet, roomId, run));
  }

  drop(outlet: Outlet): void {
    this.#ended.add(outlet);
    for (const roomId of this.#roomsOf.get(outlet.id) ?? []) this.#take(outlet, roomId);
    this.#roomsOf.delete(outlet.id);
  }

  roomsOf(outlet: Outlet): readonly string[] {
    const isIn = (roomId: string) => this.#live.get(roomId)?.audience.entries.get(outlet.id)?.isLive === true;
    return (this.#roomsOf.get(outlet.id) ?? []).filter(isIn);
  }

  roomIds(): string[] {
    return [...this.#live.keys()];
  }

  /** For how long the oldest gap has waited for its repair, ms; 0 where there is none. */
  oldestGapMs(): number {
    const [sinceMs] = this.#gapsSinceMs.values();
    return sinceMs === undefined ? 0 : this.#deps.clock.monotonicMs() - sinceMs;
  }

  /** Compares a room with where Redis says it stands (null: gone) and repairs its feed where they differ. */
  compare(roomId: string, mark: RoomMark | null, isSure: boolean): void {
    const room = this.#live.get(roomId);
    if (!room?.feed.hasBase) return;
    const difference = room.compare(mark, isSure);
    if (difference === 'none') return;
    if (difference === 'members') room.feed.needsMembers = true;
    room.feed.repair();
  }

  async close(): Promise<void> {
    this.#parts.flusher.close();
    for (const room of [...this.#live.values()]) this.#shut(room, new ChatError('DRAINING'));
    await this.bus.close();
  }

  #hear(roomId: string, payload: Buffer): void {
    const room = this.#live.get(roomId);
    if (!room || this.#deps.hasFrozen()) return;
    const event = parseEnvelope(roomId, payload);
    if (event) room.feed.accept(event);
    else this.#dropImitation(roomId);
    this.#shutIfEmpty(roomId);
  }

  #dropImitation(roomId: string): void {
    this.#deps.meter.dropped('imitation');
    this.#deps.failures.report('fanout.imitation', new Error(`a publication on chan:${roomId} is no event of ours`));
  }

  async #metered(joining: Promise<void>): Promise<void> {
    const { clock, meter } = this.#deps;
    const startedMs = clock.monotonicMs();
    const secondsTaken = () => (clock.monotonicMs() - startedMs) / 1_000;
    try {
      await joining;
      meter.joined('joined', secondsTaken());
    } catch (error) {
      meter.joined(error instanceof ChatError ? error.code : 'INTERNAL', secondsTaken());
      throw error;
    }
  }

  async #inTurn(key: string, run: () => Promise<void>): Promise<void> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(run);
    const settled = turn.catch(() => undefined);
    this.#turns.set(key, settled);
    try {
      await turn;
    } finally {
      if (this.#turns.get(key) === settled) this.#turns.delete(key);
    }
  }

  async #leave(outlet: Outlet, roomId: string, run: () => Promise<void>): Promise<void> {
    const room = this.#live.get(roomId);
    const entry = room?.audience.entries.get(outlet.id);
    if (entry) entry.isLeaving = true;
    try {
      await run();
    } catch (error) {
      if (entry) room?.audience.stay(entry);
      throw error;
    }
    this.#take(outlet, roomId);
  }

  async #join(outlet: Outlet, admission: Admission): Promise<void> {
    const { roomId } = admission;
    if (this.#ended.has(outlet)) throw new ChatError('SERVICE_UNAVAILABLE');
    const room = this.#live.get(roomId) ?? this.#open(roomId);
    const rooms = this.#roomsOf.get(outlet.id) ?? [];
    if (!rooms.includes(roomId)) this.#roomsOf.set(outlet.id, rooms.concat(roomId));
    try {
      await admit(room, outlet, admission);
    } finally {
      if (!room.audience.entries.has(outlet.id)) this.#forget(outlet, roomId);
      this.#shutIfEmpty(roomId);
    }
  }

  #open(roomId: string): LiveRoom {
    const subscribed = this.bus.subscribe(roomId);
    subscribed.catch(() => undefined);
    const room = createLiveRoom(roomId, subscribed, this.#parts);
    this.#live.set(roomId, room);
    this.#deps.meter.rooms(this.#live.size);
    return room;
  }

  /** The room is not needed here any more, or is no more at all. */
  #shut(room: LiveRoom, because: ChatError): void {
    if (this.#live.get(room.roomId) !== room) return;
    this.#live.delete(room.roomId);
    this.#deps.meter.rooms(this.#live.size);
    room.feed.close(because);
    this.bus
      .unsubscribe(room.roomId)
      .catch((error: unknown) => this.#deps.failures.report('fanout.unsubscribe', error));
  }

  #shutIfEmpty(roomId: string): void {
    const room = this.#live.get(roomId);
    if (room?.audience.entries.size === 0) this.#shut(room, new ChatError('SERVICE_UNAVAILABLE'));
  }

  #gone(roomId: string): void {
    const room = this.#live.get(roomId);
    if (!room) return;
    for (const entry of [...room.audience.entries.values()]) {
      room.audience.expel(entry, 'gone');
      this.#forget(entry.outlet, roomId);
    }
    this.#shut(room, new ChatError('ROOM_NOT_FOUND'));
  }

  async #compareAll(roomIds: readonly string[]): Promise<void> {
    try {
      const marks = await this.#deps.rooms.marks(roomIds);
      for (const [i, roomId] of roomIds.entries()) this.compare(roomId, marks[i] ?? null, true);
    } catch (error) {
      // Redis went away again: the next `restored` or the audit looks at these rooms.
      if (!(error instanceof ChatError)) this.#deps.failures.report('fanout.compare', error);
    }
  }

  #forget({ id }: Outlet, roomId: string): void {
    const rooms = this.#roomsOf.get(id)?.filter((other) => other !== roomId) ?? [];
    if (rooms.length > 0) this.#roomsOf.set(id, rooms);
    else this.#roomsOf.delete(id);
  }

  #take(outlet: Outlet, roomId: string): void {
    this.#forget(outlet, roomId);
    const room = this.#live.get(roomId);
    const entry = room?.audience.entries.get(outlet.id);
    if (!room || !entry) return;
    room.audience.flush();
    room.audience.remove(entry);
    this.#shutIfEmpty(roomId);
  }
}
