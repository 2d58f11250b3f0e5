/** One client in one room, walked through line by line: what it was promised, what the wire brought, what it got. */
import type { Message } from '../../src/protocol/index.ts';
import type { HistoryRecord, RecordOf } from './format.ts';
import type { RoomTruth } from './room-truth.ts';
import type { Finding, Violation } from './verdict.ts';

/** A stretch of the room that the client must have whole: seq after `from`, up to `to`. */
type Span = { from: number; to: number };

/** `finish` adds what can be said only at the end. */
export class MemberView {
  readonly findings: Finding[] = [];
  resyncs = 0;
  wireRepeats = 0;
  readonly #client: string;
  readonly #truth: RoomTruth;
  /** What the application has, by id. */
  readonly #got = new Map<string, Message>();
  /** Ids and names of sends that the application shows: what it dropped when it was told may come again. */
  #shown = new Set<string>();
  readonly #owed: Span[] = [];
  /** From where the client is a member without having been told of a break; null while it is none. */
  #since: number | null = null;
  /** Where the newest such stretch begins: what the application loads from before is history, in no order. */
  #base = 0;
  #lastGot = 0;
  /** The seq that the next `msg` on this connection must have; null while it is not in the room. */
  #next: number | null = null;
  /** When this connection entered the room. */
  enteredAt = Number.POSITIVE_INFINITY;

  constructor(client: string, truth: RoomTruth) {
    this.#client = client;
    this.#truth = truth;
  }

  /** Whether the client is in the room on its present connection. */
  get isIn(): boolean {
    return this.#next !== null;
  }

  /** The next line of this client about this room. */
  walk(record: HistoryRecord): void {
    if (record.kind === 'joined') this.#joined(record);
    else if (record.kind === 'msg') this.#msg(record.message);
    else if (record.kind === 'app') this.#app(record.message);
    else if (record.kind === 'page') this.#page(record);
    else if (record.kind === 'resync') this.#resync(record);
    else if (record.kind === 'left' || record.kind === 'leave_done') this.#out();
  }

  /** The connection is gone; the membership is not. */
  disconnected(): void {
    this.#next = null;
  }

  /** The end of the history: who is connected must have everything that was acknowledged. */
  finish(): void {
    if (this.#since !== null) {
      const to = this.isIn ? Number.POSITIVE_INFINITY : Math.max(this.#since, this.#lastGot);
      this.#owed.push({ from: this.#since, to });
    }
    for (const { id, seq, text } of this.#truth.acked.values()) {
      if (!this.#owed.some(({ from, to }) => seq > from && seq <= to)) continue;
      const got = this.#got.get(id);
      if (got === undefined) this.#find('lost', `never got ${id} (${text})`);
      else if (got.text !== text) this.#find('lost', `${id} was acknowledged for another text: ${text} | ${got.text}`);
    }
  }

  #joined(record: RecordOf<'joined'>): void {
    const { seq, after, recovered, missed } = record;
    this.#repeats(missed);
    if (recovered === true) this.#checkRecovery(record);
    else if (this.#next !== null && after === undefined && seq !== this.#next - 1) {
      this.#find('unsignalled gaps', `joined again at ${seq} where ${this.#next} was next`);
    }
    if (recovered === false) this.#shown = new Set();
    if (recovered !== true) this.#breakAt(seq);
    else if (this.#since === null) this.#breakAt(this.#seqOf(after) ?? seq);
    this.#next = seq + 1;
    this.enteredAt = record.at;
  }

  #seqOf(position: string | undefined): number | undefined {
    return position === undefined ? undefined : this.#truth.seqOf(position);
  }

  /** `recovered: true` is a proof: what is missed starts right after `after` and, unless there is more, ends at `seq`. */
  #checkRecovery({ after, seq, more, missed }: RecordOf<'joined'>): void {
    const start = this.#seqOf(after);
    if (start === undefined) {
      this.#find('false recoveries', `recovered after ${after}, which nobody was given`);
      return;
    }
    const end = this.#checkRun(start, missed, 'false recoveries');
    if (end > seq) this.#find('false recoveries', `missed goes on to ${end}, beyond joined.seq ${seq}`);
    else if (!more && end !== seq) this.#find('false recoveries', `missed ends at ${end}, joined.seq is ${seq}`);
  }

  #page({ after, recovered, messages }: RecordOf<'page'>): void {
    this.#repeats(messages);
    const start = this.#seqOf(after);
    if (recovered === true) {
      if (start === undefined)
        this.#find('false recoveries', `a page recovered after ${after}, which nobody was given`);
      else this.#checkRun(start, messages, 'false recoveries');
    } else if (recovered === false) {
      this.#shown = new Set();
      this.#breakAt(Math.max(this.#lastGot, (this.#next ?? 1) - 1));
    } else this.#checkRun((messages[0]?.seq ?? 1) - 1, messages, 'unsignalled gaps');
  }

  /** Answers the last seq of what must be a run without holes. */
  #checkRun(start: number, messages: readonly Message[], violation: Violation): number {
    let last = start;
    for (const { seq } of messages) {
      if (seq !== last + 1) this.#find(violation, `in a replay or page ${seq} follows ${last}`);
      last = seq;
    }
    return last;
  }

  #msg({ seq, id }: Message): void {
    if (this.#next === null) this.#find('unsignalled gaps', `${id} came on a connection that is not in the room`);
    else if (seq !== this.#next) this.#find('unsignalled gaps', `${seq} came where ${this.#next} was next`);
    if (this.#next !== null) this.#next = seq + 1;
  }

  #resync({ seq }: RecordOf<'resync'>): void {
    this.resyncs++;
    this.#shown = new Set();
    this.#breakAt(seq);
    if (this.#next !== null) this.#next = seq + 1;
  }

  /** The client was told: what lies between what it has and `seq` is no longer promised. */
  #breakAt(seq: number): void {
    if (this.#since !== null)
      this.#owed.push({ from: this.#since, to: Math.min(this.#lastGot, Math.max(seq, this.#since)) });
    this.#since = seq;
    this.#base = seq;
    this.#lastGot = seq;
  }

  #out(): void {
    if (this.#since !== null) this.#owed.push({ from: this.#since, to: this.#lastGot });
    this.#since = null;
    this.#next = null;
  }

  #app(message: Message): void {
    const { id, seq, text, from, clientMsgId } = message;
    const send = clientMsgId === undefined ? id : `${from}/${clientMsgId}`;
    const isRepeat = this.#shown.has(id) || this.#shown.has(send);
    if (isRepeat) this.#find('duplicated', `${id} (${text}) reached the application again`);
    else if (seq <= this.#lastGot && seq > this.#base) {
      this.#find('reordered', `${seq} reached the application after ${this.#lastGot}`);
    }
    this.#got.set(id, message);
    this.#shown.add(id).add(send);
    this.#lastGot = Math.max(this.#lastGot, seq);
  }

  #repeats(messages: readonly Message[]): void {
    for (const { id } of messages) if (this.#got.has(id)) this.wireRepeats++;
  }

  #find(violation: Violation, text: string): void {
    this.findings.push({ violation, text: `${this.#client} in ${this.#truth.roomId}: ${text}` });
  }
}
