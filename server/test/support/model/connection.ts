/** One connection of a model run and its judge: every event is held against what the protocol promises on one connection. */
import { isGoodPosition, type Joined, type Message, parsePosition } from '../../../src/protocol/index.ts';
import type { Admitted, FrameBatch, Outlet } from '../../../src/service/live-ports.ts';
import type { RoomSnapshot } from '../../../src/service/ports.ts';
import type { Device } from './device.ts';
import type { Sim } from './sim.ts';
import { ROOM, type SimServer } from './sim-server.ts';

type Wire = Record<string, unknown> & { t: string };
type Change = { t: string; userId: string; rev: number; status?: string };
type Members = Pick<Joined, 'members' | 'online' | 'rev'>;
type Resync = { seq: number; position: string; reason: string };

/** Judges synchronously; what is wrong goes to `sim.violations` with the whole wire. */
export class Connection implements Outlet {
  readonly id: string;
  readonly userId: string;
  /** The node that it is connected to. */
  readonly node: number;
  isOpen = true;
  isIn = false;
  isLeaving = false;
  /** It was told `left` while it was leaving. */
  wasTold = false;
  rev = 0;
  readonly members = new Set<string>();
  readonly online = new Set<string>();
  readonly wire: Wire[] = [];
  readonly #device: Device;
  readonly #sim: Sim;
  readonly #server: SimServer;
  #joinedRev = 0;
  #wasCut = false;

  constructor(device: Device, place: { id: string; node: number }, world: { sim: Sim; server: SimServer }) {
    this.id = place.id;
    this.node = place.node;
    this.userId = device.userId;
    this.#device = device;
    this.#sim = world.sim;
    this.#server = world.server;
  }

  deliver({ frames }: FrameBatch): void {
    if (!this.isOpen) return;
    for (const frame of frames) this.#hear(JSON.parse(frame.websocket));
  }

  pendingBytes(): number {
    return 0;
  }

  close(): void {
    this.blame('was closed');
  }

  /** The answer to a join that gave `after`. */
  admitted(state: Admitted, after: string | undefined): void {
    if (!this.isOpen) return;
    const { snapshot, ...past } = state;
    this.wire.push({ t: 'joined', after, rev: snapshot.rev, ...past });
    if (this.isIn && state.seq !== this.#device.seq) this.blame('was joined again beyond messages it was not told');
    this.#judgePast(state, after);
    this.#judgeFreshness(state);
    this.isIn = true;
    this.#joinedRev = snapshot.rev;
    this.#replaceMembers(snapshot);
  }

  /** Something was taken from the room: what cannot be had from its log now may be told by `resync`, even if late. */
  lookBack(): void {
    const here = parsePosition(this.#device.after ?? '');
    const room = this.#server.store.peek(ROOM)?.snapshot;
    if (here && room && !canReplay(here, room)) this.#wasCut = true;
  }

  blame(what: string): void {
    const wire = this.wire.map((event) => JSON.stringify(event)).join('\n  ');
    this.#sim.violations.push(`${this.id} ${what}\n  ${wire}`);
  }

  #judgePast({ seq, position, missed, more, recovered, snapshot }: Admitted, after: string | undefined): void {
    const device = this.#device;
    const from = after === undefined ? null : parsePosition(after);
    if (recovered === undefined) {
      if (from || missed.length > 0) this.blame('was not told whether it recovered');
      device.startAt(seq, position);
      return;
    }
    const proves = from !== null && canReplay(from, snapshot);
    if (recovered !== proves) this.blame(`recovered ${recovered} where the room says otherwise`);
    device.rewind(from?.seq ?? 0);
    for (const message of missed) this.#message(message, 'missed');
    if (!recovered || (more && !device.page(seq))) {
      device.startAt(seq, position);
      return;
    }
    if (device.seq !== seq) this.blame(`missed messages up to ${device.seq}, joined at ${seq}`);
    device.moveTo(seq, position);
  }

  /** A join that ends on a newer history than its snapshot would prove the past by what is no more. */
  #judgeFreshness({ position, snapshot }: Admitted): void {
    const gen = parsePosition(position)?.gen;
    if (!snapshot.gens.some((known) => known.gen === gen)) this.blame('joined with a snapshot of an older history');
    if (parsePosition(position)?.epoch !== snapshot.epoch) this.blame('joined another room');
  }

  #hear(event: Wire): void {
    this.wire.push(event);
    if (!this.isIn) this.blame('heard of the room outside of it');
    const judge = this.#judges[event.t];
    if (judge) judge(event);
    else this.blame('heard what nobody said');
  }

  readonly #judges: Readonly<Record<string, (event: Wire) => void>> = {
    msg: (event) => this.#message(edge<Message>(event), 'live'),
    user_joined: (event) => this.#change(edge<Change>(event)),
    user_left: (event) => this.#change(edge<Change>(event)),
    presence: (event) => this.#change(edge<Change>(event)),
    members: (event) => this.#judgeMembers(edge<Members>(event)),
    resync: (event) => this.#resync(edge<Resync>(event)),
    left: (event) => this.#left(event),
  };

  #message({ seq, id, text, from, roomId, timestamp }: Message, how: string): void {
    const device = this.#device;
    if (seq !== device.seq + 1) this.blame(`was told ${seq} (${how}) after ${device.seq}`);
    const stored = this.#server.messages.get(id);
    const published = JSON.stringify({ type: 'msg', roomId, seq, id, from, text, timestamp });
    if (stored !== published) this.blame('was told a message that was never stored');
    if ((device.seen.get(seq) ?? id) !== id) this.blame(`was told another message ${seq} than before`);
    device.take({ seq, id });
  }

  #change({ t, userId, rev, status }: Change): void {
    if (rev <= this.#joinedRev) this.blame('was told what its snapshot knew');
    if (rev !== this.rev + 1) this.blame(`was told revision ${rev} after ${this.rev}`);
    this.rev = rev;
    this.#judgeOrder(rev);
    if (t === 'user_left') {
      this.members.delete(userId);
      this.online.delete(userId);
      return;
    }
    if (t === 'user_joined') this.members.add(userId);
    if (t === 'user_joined' || status === 'online') this.online.add(userId);
    else this.online.delete(userId);
  }

  /** An event about a user never overtakes an earlier message. */
  #judgeOrder(rev: number): void {
    const here = parsePosition(this.#device.after ?? '');
    const at = this.#server.changes.get(`${here?.epoch} ${rev}`);
    if (!at) this.blame('was told a change that never was');
    else if (here?.gen === at.gen && here.seq < at.seq) this.blame(`was told revision ${rev} before message ${at.seq}`);
  }

  #judgeMembers(event: Members): void {
    if (event.rev <= this.#joinedRev || event.rev < this.rev) this.blame('was told older members');
    this.#replaceMembers(event);
  }

  #replaceMembers({ members, online, rev }: Pick<RoomSnapshot, 'members' | 'online' | 'rev'>): void {
    this.rev = rev;
    this.members.clear();
    this.online.clear();
    for (const name of members) this.members.add(name);
    for (const name of online) this.online.add(name);
  }

  /** Told where a replay was possible, it is a defect. */
  #resync({ seq, position }: Resync): void {
    const here = parsePosition(this.#device.after ?? '');
    const room = this.#server.store.peek(ROOM)?.snapshot;
    if (here && room && !this.#wasCut && canReplay(here, room))
      this.blame('was told to start afresh where it could go on');
    this.#wasCut = false;
    this.#device.resync(seq, position);
  }

  #left({ reason }: Wire): void {
    this.isIn = false;
    if (this.isLeaving) this.wasTold = true;
    const room = this.#server.store.peek(ROOM)?.snapshot;
    const epoch = parsePosition(this.#device.after ?? '')?.epoch;
    if (reason === 'gone' && room?.epoch === epoch) this.blame('was told that the room is gone');
  }
}

/** Whether everything after the position is in the log of the room, said once more and independently. */
function canReplay(position: { epoch: string; gen: string; seq: number }, room: RoomSnapshot): boolean {
  if (!isGoodPosition(position, room)) return false;
  return position.seq === room.seq || (room.firstSeq > 0 && room.firstSeq <= position.seq + 1);
}

/** What a frame of ours holds; its shape is the business of other tests. */
function edge<T>(event: Wire): T {
  return event as unknown as T;
}
