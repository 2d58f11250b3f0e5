/** What is told without an answer: who is typing, and up to where was read. */
import { LIMITS } from '@c2c/server/protocol';
import type { Link } from './link.ts';
import type { Clock } from './platform.ts';

/** See the file's sentence. */
export class RoomSignals {
  readonly #roomId: string;
  readonly #clock: Clock;
  #readSeq = 0;
  #lastTypingMs = Number.NEGATIVE_INFINITY;

  constructor(roomId: string, clock: Clock) {
    this.#roomId = roomId;
    this.#clock = clock;
  }

  /** At most one in 3 s: the server drops more. */
  typing(link: Link | null): void {
    const now = this.#clock.now();
    if (!link || now - this.#lastTypingMs < LIMITS.typingIntervalMs) return;
    this.#lastTypingMs = now;
    link.tell('typing', { roomId: this.#roomId });
  }

  /** Only ever forward. */
  markRead(link: Link | null, seq: number): void {
    if (seq <= this.#readSeq) return;
    this.#readSeq = seq;
    link?.tell('read', { roomId: this.#roomId, seq });
  }

  /** The server knows `readSeq` of us: tells it again where it missed the last one. */
  joined(link: Link, readSeq: number): void {
    if (this.#readSeq > readSeq) link.tell('read', { roomId: this.#roomId, seq: this.#readSeq });
  }
}
