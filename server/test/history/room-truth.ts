/** What all clients together say of one room: which messages there are, which were acknowledged, what each position means. */
import type { Message } from '../../src/protocol/index.ts';
import type { HistoryRecord, RecordOf } from './format.ts';
import type { Finding } from './verdict.ts';

/** A send that was acknowledged, once however often it was repeated. */
export type Acked = { id: string; seq: number; text: string };

/** One room. */
export class RoomTruth {
  readonly roomId: string;
  readonly acked = new Map<string, Acked>();
  readonly findings: Finding[] = [];
  /** Positions that the server gave out, and the seq they stand for. */
  readonly #seqOf = new Map<string, number>();
  readonly #messages = new Map<string, Message>();
  readonly #idOfSeq = new Map<number, string>();
  readonly #isCut: boolean;

  /** `isCut`: somebody was told that history was lost, so one seq may stand for two messages. */
  constructor(roomId: string, isCut: boolean) {
    this.roomId = roomId;
    this.#isCut = isCut;
  }

  /** The seq of a position, or undefined where nobody was ever given it. */
  seqOf(position: string): number | undefined {
    return this.#seqOf.get(position);
  }

  position(id: string, seq: number): void {
    const known = this.#seqOf.get(id);
    if (known !== undefined && known !== seq) this.#conflict(`position ${id} is seq ${known} and seq ${seq}`);
    this.#seqOf.set(id, seq);
  }

  message(message: Message): void {
    this.position(message.id, message.seq);
    const known = this.#messages.get(message.id);
    if (known === undefined) this.#first(message);
    else if (known.text !== message.text || known.from !== message.from) {
      this.#conflict(`${message.id} is two messages: ${known.from} ${known.text} | ${message.from} ${message.text}`);
    }
  }

  ack({ id, seq, text }: RecordOf<'ack'>): void {
    const normal = text.normalize('NFC');
    const known = this.acked.get(id);
    if (known !== undefined && known.text !== normal) {
      this.#conflict(`${id} was acknowledged for two texts: ${known.text} | ${normal}`);
    }
    this.position(id, seq);
    this.acked.set(id, { id, seq, text: normal });
  }

  #first(message: Message): void {
    this.#messages.set(message.id, message);
    const other = this.#idOfSeq.get(message.seq);
    if (other !== undefined && !this.#isCut) this.#conflict(`seq ${message.seq} is both ${other} and ${message.id}`);
    this.#idOfSeq.set(message.seq, message.id);
  }

  #conflict(text: string): void {
    this.findings.push({ violation: 'reordered', text: `room ${this.roomId}: ${text}` });
  }
}

/** The truth of every room that the history speaks of. */
export function gatherTruth(records: readonly HistoryRecord[]): Map<string, RoomTruth> {
  const cut = new Set<string>();
  for (const record of records) {
    const isTold = record.kind === 'resync' || (record.kind === 'joined' && record.recovered === false);
    if (isTold) cut.add(record.roomId);
  }
  const truths = new Map<string, RoomTruth>();
  const truthOf = (roomId: string) => {
    const truth = truths.get(roomId) ?? new RoomTruth(roomId, cut.has(roomId));
    truths.set(roomId, truth);
    return truth;
  };
  for (const record of records) note(record, truthOf);
  return truths;
}

function note(record: HistoryRecord, truthOf: (roomId: string) => RoomTruth): void {
  if (record.kind === 'msg' || record.kind === 'app') truthOf(record.message.roomId).message(record.message);
  else if (record.kind === 'ack') truthOf(record.roomId).ack(record);
  else if (record.kind === 'resync') truthOf(record.roomId).position(record.position, record.seq);
  else if (record.kind === 'page') for (const message of record.messages) truthOf(record.roomId).message(message);
  else if (record.kind === 'joined') {
    const truth = truthOf(record.roomId);
    truth.position(record.position, record.seq);
    for (const message of record.missed) truth.message(message);
  }
}
