/** The log of one room as a server keeps it: dedupe, positions, replay, pages. In memory. */
import type { Message } from '@c2c/server/protocol';

type Stored = { message: Message; text: string };

/** See the file's sentence. */
export class ScriptedRoom {
  readonly roomId: string;
  readonly log: Message[] = [];
  readonly members = new Set<string>();
  readonly #dedupe = new Map<string, Stored>();
  gen = '00000001';
  /** Log entries below this seq are gone. */
  firstSeq = 1;
  /** Positions of these generations are good. */
  goodGens = new Set(['00000001']);
  seq = 0;
  rev = 0;

  constructor(roomId: string) {
    this.roomId = roomId;
  }

  get position(): string {
    return this.log.at(-1)?.id ?? this.idOf(this.seq);
  }

  /** Stores, or answers what was stored before. */
  append(from: string, text: string, clientMsgId?: string): { message: Message; duplicate: boolean } {
    const known = clientMsgId === undefined ? undefined : this.#dedupe.get(`${from}/${clientMsgId}`);
    if (known) return { message: known.message, duplicate: true };
    this.seq += 1;
    const message: Message = {
      ...{ roomId: this.roomId, seq: this.seq, id: this.idOf(this.seq), from, text },
      timestamp: '2025-01-01T06:04:00.000Z',
      ...(clientMsgId === undefined ? {} : { clientMsgId }),
    };
    this.log.push(message);
    if (clientMsgId !== undefined) this.#dedupe.set(`${from}/${clientMsgId}`, { message, text });
    return { message, duplicate: false };
  }

  /** Whether a position is known and the log still reaches back to it. */
  isGood(after: string): boolean {
    const [, gen = '', seq = ''] = /^e\.([a-f0-9]{8})-(\d+)$/.exec(after) ?? [];
    return this.goodGens.has(gen) && Number(seq) <= this.seq && Number(seq) + 1 >= this.firstSeq;
  }

  /** What came after a good position. */
  since(after: string): Message[] {
    const seq = Number(after.split('-')[1]);
    return this.log.filter((message) => message.seq > seq && message.seq >= this.firstSeq);
  }

  /** The answer of `history`. */
  page({ before, after, limit = 50 }: { before?: string; after?: string; limit?: number }) {
    if (after !== undefined) {
      if (!this.isGood(after)) return { messages: [], hasMore: false, recovered: false };
      const rest = this.since(after);
      return { messages: rest.slice(0, limit), hasMore: rest.length > limit, recovered: true };
    }
    const end = before === undefined ? Number.POSITIVE_INFINITY : Number(before.split('-')[1]);
    const held = this.log.filter(({ seq }) => seq < end && seq >= this.firstSeq);
    return { messages: held.slice(-limit), hasMore: held.length > limit };
  }

  /** A fail-over that lost everything beyond `seq`. */
  loseTail(seq: number): void {
    this.log.splice(this.log.findIndex((message) => message.seq > seq));
    this.seq = seq;
    this.gen = String(Number(this.gen) + 1).padStart(8, '0');
    this.goodGens = new Set([this.gen]);
  }

  idOf(seq: number): string {
    return `e.${this.gen}-${seq}`;
  }
}
