/** A room without a connection: a test says what happens in it and sees what was asked of it. */
import type {
  Message,
  Outgoing,
  OutgoingState,
  Room,
  RoomEvent,
  RoomFacts,
  RoomState,
} from '../../../src/net/client.ts';
import { Cell, Emitter } from '../../../src/net/observable.ts';
import { EMPTY_ROSTER, type RosterView } from '../../../src/net/roster.ts';

/** See the file's sentence. */
export class FakeRoom implements Room {
  readonly roomId: string;
  readonly state = new Cell<RoomState>({ status: 'joining' });
  readonly facts = new Cell<RoomFacts>({ me: '', title: null, isCreator: false, seq: 0, reads: {} });
  readonly roster = new Cell<RosterView>(EMPTY_ROSTER);
  readonly timeline = new Cell<readonly Message[]>([]);
  readonly pending = new Cell<readonly Outgoing[]>([]);
  readonly events = new Emitter<RoomEvent>();
  readonly stats = { position: null, replayed: 0, duplicates: 0 };
  readonly sent: string[] = [];
  readonly marked: number[] = [];
  readonly pages: (() => Promise<void>)[] = [];
  hasOlder = false;
  typed = 0;
  /** How the next message written here begins. */
  sends: OutgoingState = { status: 'waiting' };

  constructor(roomId = 'abc12345') {
    this.roomId = roomId;
  }

  /** As after a join. */
  join({ me = 'me', seq = 0, title = null as string | null, reads = {} as Record<string, number> } = {}): void {
    this.facts.set({ me, title, isCreator: false, seq, reads });
    this.state.set({ status: 'live' });
  }

  /** A message comes. */
  say(seq: number, from: string, text = `${from} ${seq}`): Message {
    const timestamp = new Date(1_700_000_000_000 + seq * 1_000).toISOString();
    const message = { roomId: this.roomId, seq, id: `e.1-${seq}`, from, text, timestamp };
    this.timeline.set([...this.timeline.value, message]);
    this.events.emit({ type: 'message', message });
    return message;
  }

  gaps() {
    return [];
  }

  send(text: string): Outgoing {
    this.sent.push(text);
    return {
      ...{
        roomId: this.roomId,
        text,
        createdAtMs: 0,
        clientMsgId: `c${this.sent.length}`,
        state: new Cell(this.sends),
      },
      settled: new Promise(() => undefined),
      retry: () => undefined,
      discard: () => true,
    };
  }

  async loadOlder(): Promise<void> {
    await this.pages.shift()?.();
  }

  typing(): void {
    this.typed += 1;
  }

  markRead(seq: number): void {
    this.marked.push(seq);
  }

  async remove(): Promise<void> {}

  async leave(): Promise<void> {}
}
