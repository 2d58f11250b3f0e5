/** The Redis of a model run: one room store that all nodes share, reached by calls that take their time. */
import { type ParsedPosition, parsePosition } from '../../../src/protocol/index.ts';
import { ChatError } from '../../../src/service/chat-error.ts';
import type { RoomStore, UserStamp } from '../../../src/service/ports.ts';
import { createMemoryRoomStore, type MemoryRoomStore } from '../../../src/store/memory-room-store.ts';
import type { Sim } from './sim.ts';

/** The one room of a run. */
export const ROOM = 'room0001';

/** What a node hears with. */
export type Hearing = { receive(roomId: string, payload: string): void };

const away = () => new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 100 });

/** The store and its doorbell; knows everything that was ever published. */
export class SimServer {
  readonly store: MemoryRoomStore;
  readonly hearing = new Set<Hearing>();
  /** JSON of every message that was ever stored, by its id. */
  readonly messages = new Map<string, string>();
  /** Where the room stood when a change of members was published: `epoch rev` → position. */
  readonly changes = new Map<string, ParsedPosition>();
  readonly #sim: Sim;
  #gen = 1;
  #epoch = 0;
  #revision = 0;

  constructor(sim: Sim) {
    this.#sim = sim;
    const clock = { nowMs: () => Date.now() };
    const publish = (roomId: string, payload: string) => this.#publish(roomId, payload);
    this.store = createMemoryRoomStore({ clock, publish, messageRate: 1_000, messageBurst: 10_000 });
  }

  /** A room that `host` makes; nothing happens where there is one. */
  create(): void {
    this.#epoch++;
    const epoch = `epoch${this.#epoch}`;
    const creator = this.stamp('host');
    void this.store.create({
      roomId: ROOM,
      epoch,
      title: null,
      isPrivate: false,
      invite: '',
      creator,
      creatorSid: 's',
    });
  }

  /** Another server with, perhaps, less than the one before. */
  restart(lost: number): void {
    this.#gen++;
    const seq = this.store.peek(ROOM)?.snapshot.seq ?? 0;
    this.store.loseTail(ROOM, Math.min(lost, seq));
    this.store.restart(this.#gen.toString(16).padStart(8, '0'));
  }

  /** What a user script would stamp now. */
  stamp(userId: string, status: UserStamp['status'] = 'online'): UserStamp {
    this.#revision++;
    return { userId, revision: this.#revision, timeMs: Date.now(), status };
  }

  /** A call: on its way, carried out at once, and its answer on its way back. */
  async call<T>(label: string, run: () => Promise<T>): Promise<T> {
    const fate = this.#sim.nextCallFate();
    await this.#sim.step(`${label} asked`);
    if (fate === 'refused') throw away();
    const answer = await run();
    await this.#sim.step(`${label} answered`);
    if (fate === 'unanswered') throw away();
    return answer;
  }

  /** What fan-out asks, as calls of one node. */
  reads(node: string): Pick<RoomStore, 'marks' | 'snapshot' | 'range'> {
    const { store } = this;
    return {
      marks: (roomIds) => this.call(`${node} marks`, () => store.marks(roomIds)),
      snapshot: (roomId) => this.call(`${node} snapshot`, () => store.snapshot(roomId)),
      range: (roomId, from, count) => this.call(`${node} range ${from}`, () => store.range(roomId, from, count)),
    };
  }

  #publish(roomId: string, payload: string): void {
    const event = JSON.parse(payload);
    if (event.type === 'msg') this.messages.set(event.id, payload);
    const at = event.at === undefined ? null : parsePosition(event.at);
    if (at) this.changes.set(`${at.epoch} ${event.rev}`, at);
    for (const node of this.hearing) node.receive(roomId, payload);
  }
}
