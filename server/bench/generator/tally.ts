/** What came of one phase of load: every delivery is counted, timed from when its message was due, and put in order. */
import { createHistogram, type Histogram } from './histogram.ts';

/** A connection as the tally sees it. */
export interface Receiver {
  log: Uint32Array;
  count: number;
  seq: number;
}

/** The sequence number of members whose server has none. */
export const NO_SEQ = -1;

/** The members of a room, and how many messages of the phase are meant for it. */
export type Audience = { members: readonly Receiver[]; messages: number };

/** Faults of a phase; `lost`: somebody got it, this member did not; `unsent`: nobody did, and unless it was `refused` it vanished; `inversions`: came after a message that the first member of the room saw later; `gaps`: holes in a room's sequence. */
export type Faults = {
  lost: number;
  unsent: number;
  duplicates: number;
  inversions: number;
  gaps: number;
  refused: number;
};

const COMPLAINTS = 20;
const COMPLAINT_CHARS = 200;

/** One for the whole process; `begin` starts a phase. */
export class Tally {
  readonly latency: Histogram = createHistogram();
  received = 0;
  /** Each is told once. */
  readonly #complaints = new Set<string>();
  #first = 0;
  #dueMs: Float64Array = new Float64Array(0);
  #gaps = 0;
  #refused = 0;

  /** Messages `first` and up are due at `dueMs[0]` and on, by `performance.now()`. */
  begin(first: number, dueMs: Float64Array): void {
    this.#first = first;
    this.#dueMs = dueMs;
    this.received = 0;
    this.#gaps = 0;
    this.#refused = 0;
    this.latency.clear();
  }

  /** Takes one delivery in; answers the sequence number that the member has now. */
  delivered(member: Receiver, number: number, seq: number): number {
    const dueMs = this.#dueMs[number - this.#first];
    if (dueMs !== undefined) {
      this.received++;
      this.latency.add(performance.now() - dueMs);
      if (member.count < member.log.length) member.log[member.count++] = number;
    }
    if (member.seq === NO_SEQ) return NO_SEQ;
    if (seq !== member.seq + 1) this.#gaps++;
    return Math.max(seq, member.seq);
  }

  refused(reason: string): void {
    this.#refused++;
    const short = reason.slice(0, COMPLAINT_CHARS);
    if (this.#complaints.has(short) || this.#complaints.size >= COMPLAINTS) return;
    this.#complaints.add(short);
    console.error(`  ! a server said: ${short}`);
  }

  lostConnection(reason: string): void {
    this.refused(`connection lost: ${reason}`);
  }

  /** Errors that members heard of since the phase began. */
  get refusals(): number {
    return this.#refused;
  }

  faults(audiences: Iterable<Audience>): Faults {
    const faults = { lost: 0, unsent: 0, duplicates: 0, inversions: 0, gaps: this.#gaps, refused: this.#refused };
    for (const audience of audiences) this.#judge(audience, faults);
    return faults;
  }

  #judge({ members, messages }: Audience, faults: Faults): void {
    const seen = new Uint32Array(this.#dueMs.length);
    const rank = new Uint32Array(this.#dueMs.length);
    const [reference] = members;
    reference?.log.subarray(0, reference.count).forEach((number, place) => {
      rank[number - this.#first] = place + 1;
    });
    const anywhere = new Uint8Array(this.#dueMs.length);
    const got = members.map(({ log, count }, index) => {
      let different = 0;
      let before = 0;
      for (let i = 0; i < count; i++) {
        const number = (log[i] ?? 0) - this.#first;
        if (seen[number] === index + 1) continue;
        seen[number] = index + 1;
        different++;
        anywhere[number] = 1;
        const place = rank[number] ?? 0;
        if (place > 0 && place < before) faults.inversions++;
        before = Math.max(before, place);
      }
      faults.duplicates += count - different;
      return different;
    });
    const sentOn = anywhere.reduce((total, is) => total + is, 0);
    faults.unsent += messages - sentOn;
    for (const different of got) faults.lost += sentOn - different;
  }
}
