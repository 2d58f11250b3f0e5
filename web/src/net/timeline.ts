/** The messages of a room that are held here: one list, ascending by seq, each once, whichever way they came. */
import type { Message } from '@c2c/server/protocol';

/** A stretch that is not held: what lies between these two seqs. */
export type Gap = { afterSeq: number; beforeSeq: number };

/** See the file's sentence. Pure: knows neither time nor network. */
export class Timeline {
  readonly #keep: number;
  #messages: readonly Message[] = [];

  /** Holds the newest `keep` messages, or more while older pages are being read. */
  constructor(keep = Number.POSITIVE_INFINITY) {
    this.#keep = keep;
  }

  /** All of them, ascending. A new array after each change. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** The message at this seq, if held. */
  at(seq: number): Message | undefined {
    const message = this.#messages[this.#lowerBound(seq)];
    return message?.seq === seq ? message : undefined;
  }

  /** Whether the very same message is held. */
  holds(message: Message): boolean {
    return this.at(message.seq)?.id === message.id;
  }

  /**
   * Adds one; false if it was held already. Another id at a held seq means that history was rewritten from there: what
   * was held from that seq on is dropped.
   */
  add(message: Message): boolean {
    const index = this.#lowerBound(message.seq);
    const present = this.#messages[index];
    if (present?.seq === message.seq) {
      if (present.id === message.id) return false;
      this.#messages = [...this.#messages.slice(0, index), message];
      return true;
    }
    this.#messages = [...this.#messages.slice(0, index), message, ...this.#messages.slice(index)];
    if (index === this.#messages.length - 1 && this.#messages.length > this.#keep) this.#trim();
    return true;
  }

  /** Adds an older page in front; what is held already stays as it is. */
  addOlder(page: readonly Message[]): void {
    const fresh = page.filter((message) => this.at(message.seq) === undefined);
    this.#messages = [...this.#messages, ...fresh].sort((a, b) => a.seq - b.seq);
  }

  /** Drops everything beyond `seq`; whether there was any. */
  dropBeyond(seq: number): boolean {
    const index = this.#lowerBound(seq + 1);
    const hadAny = index < this.#messages.length;
    if (hadAny) this.#messages = this.#messages.slice(0, index);
    return hadAny;
  }

  /** Drops everything that is not in `page`. */
  keepOnly(page: readonly Message[]): void {
    const ids = new Set(page.map(({ id }) => id));
    this.#messages = this.#messages.filter(({ id }) => ids.has(id));
  }

  /** Where seqs are missing between held messages. */
  gaps(): Gap[] {
    const gaps: Gap[] = [];
    for (const [index, message] of this.#messages.entries()) {
      const previous = this.#messages[index - 1];
      if (previous && message.seq > previous.seq + 1) gaps.push({ afterSeq: previous.seq, beforeSeq: message.seq });
    }
    return gaps;
  }

  /** In one cut of an eighth, not one by one: dropping from the front copies the list. */
  #trim(): void {
    if (this.#messages.length > this.#keep * 1.125) this.#messages = this.#messages.slice(-this.#keep);
  }

  #lowerBound(seq: number): number {
    const last = this.#messages.at(-1);
    if (!last || last.seq < seq) return this.#messages.length;
    let low = 0;
    let high = this.#messages.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#messages[middle]?.seq ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
