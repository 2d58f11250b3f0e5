/** What one client app holds of the room, over all its connections: how it merges is the client's half of the contract. */
import type { Message } from '../../../src/protocol/index.ts';
import type { SimServer } from './sim-server.ts';
import { ROOM } from './sim-server.ts';

/** One tab or phone of a user; `Line` is what it is connected by. */
export class Device<Line = unknown> {
  readonly name: string;
  readonly userId: string;
  connection: Line | null = null;
  /** The position up to which it has everything since `floor`. */
  after: string | undefined;
  seq = 0;
  /** Messages up to here it never asked for. */
  floor = 0;
  readonly seen = new Map<number, string>();
  readonly #server: SimServer;

  constructor(name: string, userId: string, server: SimServer) {
    this.name = name;
    this.userId = userId;
    this.#server = server;
  }

  /** It has the newest page and nothing older. */
  startAt(seq: number, position: string): void {
    this.seen.clear();
    this.floor = seq;
    this.moveTo(seq, position);
  }

  moveTo(seq: number, position: string): void {
    this.seq = seq;
    this.after = position;
  }

  /** It asked from here on; what it was told meanwhile is told again. */
  rewind(seq: number): void {
    this.seq = seq;
    this.floor = Math.min(this.floor, seq);
  }

  take({ seq, id }: Pick<Message, 'seq' | 'id'>): void {
    this.seen.set(seq, id);
    this.moveTo(seq, id);
  }

  /** Drops what a cut history took away, and starts from the newest page. */
  resync(seq: number, position: string): void {
    this.startAt(seq, position);
  }

  /** Pages from its place to `seq`, as after `more: true`; false where the log does not reach back. */
  page(seq: number): boolean {
    const log = this.#server.store.peek(ROOM)?.log ?? [];
    for (const entry of log) {
      if (entry.seq <= this.seq || entry.seq > seq) continue;
      if (entry.seq !== this.seq + 1) return false;
      this.take(JSON.parse(entry.data));
    }
    return this.seq === seq;
  }
}
