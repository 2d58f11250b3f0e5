/** Asks to leave a room, again after each reconnect and after errors that pass, until there is an answer or the deadline has come. */
import { failure, type Result } from './failure.ts';
import type { Link } from './link.ts';
import type { Waits } from './waits.ts';

/** See the file's sentence. */
export class Leaving {
  readonly #roomId: string;
  readonly #waits: Waits;
  #settle: ((result: Result<unknown>) => void) | null = null;
  /** Counts requests: only the newest is asked again. */
  #asked = 0;
  #failures = 0;

  constructor(roomId: string, waits: Waits) {
    this.#roomId = roomId;
    this.#waits = waits;
  }

  /** Begins; the result comes by the deadline. */
  start(link: Link | null, deadlineMs: number): Promise<Result<unknown>> {
    const cancel = this.#waits.after(deadlineMs, () => this.settle({ ok: false, error: failure('TIMEOUT') }));
    const earlier = this.#settle;
    return new Promise((resolve) => {
      this.#settle = (result) => {
        cancel();
        earlier?.(result);
        resolve(result);
      };
      if (earlier) return;
      this.#failures = 0;
      if (link) this.ask(link);
    });
  }

  /** The room is joined on `link`: asks there, if leaving is wanted. */
  ask(link: Link): void {
    if (!this.#settle) return;
    this.#asked += 1;
    const number = this.#asked;
    link.ask({ type: 'leave', payload: { roomId: this.#roomId } }, (result) => {
      if (result.ok || !result.error.retryable) this.settle(result);
      // A lost connection is no answer: it is asked again after the next join.
      else if (result.error.code !== 'CONNECTION_LOST') void this.#askLater(link, number, result.error.retryAfterMs);
    });
  }

  /** It is decided. */
  settle(result: Result<unknown>): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(result);
  }

  async #askLater(link: Link, number: number, retryAfterMs: number | undefined): Promise<void> {
    this.#failures += 1;
    await this.#waits.backOff(this.#failures, retryAfterMs);
    if (number === this.#asked && link.isOpen) this.ask(link);
  }
}
