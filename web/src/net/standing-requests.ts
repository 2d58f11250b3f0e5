/** Requests that stand until they are answered: asked again after each reconnect and after errors that pass, until a deadline. */
import { ClientError, failure, type Result } from './failure.ts';
import type { Link, Question } from './link.ts';
import type { Waits } from './waits.ts';

type Standing = {
  question: Question;
  waiting: ((result: Result<unknown>) => void)[];
  /** Counts how often it was asked: only the newest is asked again. */
  asked: number;
  failures: number;
};

/** See the file's sentence. Only for what may be asked twice without harm. */
export class StandingRequests {
  readonly #waits: Waits;
  readonly #requestTimeoutMs: number;
  readonly #standing = new Map<string, Standing>();

  constructor(waits: Waits, { requestTimeoutMs }: { requestTimeoutMs: number }) {
    this.#waits = waits;
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  /** Resolves when it is done, rejects with a `ClientError`; by the deadline. What is asked already is not asked twice. */
  async ask(link: Link | null, question: Question, deadlineMs = this.#requestTimeoutMs): Promise<void> {
    const result = await this.#begin(link, question, deadlineMs);
    if (!result.ok) throw new ClientError(result.error);
  }

  /** The room is joined on `link`: asks there what still stands. */
  askAgain(link: Link): void {
    for (const standing of [...this.#standing.values()]) this.#put(link, standing);
  }

  /** It is decided for those of one type, or for all. */
  settle(result: Result<unknown>, type?: string): void {
    for (const standing of [...this.#standing.values()]) {
      if (type === undefined || standing.question.type === type) this.#settle(standing, result);
    }
  }

  #begin(link: Link | null, question: Question, deadlineMs: number): Promise<Result<unknown>> {
    const key = keyOf(question);
    const known = this.#standing.get(key);
    const standing = known ?? { question, waiting: [], asked: 0, failures: 0 };
    this.#standing.set(key, standing);
    return new Promise((resolve) => {
      const cancel = this.#waits.after(deadlineMs, () =>
        this.#settle(standing, { ok: false, error: failure('TIMEOUT') }),
      );
      standing.waiting.push((result) => {
        cancel();
        resolve(result);
      });
      if (link && !known) this.#put(link, standing);
    });
  }

  #put(link: Link, standing: Standing): void {
    standing.asked += 1;
    const number = standing.asked;
    link.ask(standing.question, (result) => {
      if (result.ok || !result.error.retryable) this.#settle(standing, result);
      // A lost connection is no answer: it is asked again after the next join.
      else if (result.error.code !== 'CONNECTION_LOST') {
        void this.#askLater({ link, standing, number }, result.error.retryAfterMs);
      }
    });
  }

  #settle(standing: Standing, result: Result<unknown>): void {
    if (!this.#stands(standing)) return;
    this.#standing.delete(keyOf(standing.question));
    for (const tell of standing.waiting) tell(result);
  }

  async #askLater(
    { link, standing, number }: { link: Link; standing: Standing; number: number },
    retryAfterMs: number | undefined,
  ): Promise<void> {
    standing.failures += 1;
    await this.#waits.backOff(standing.failures, retryAfterMs);
    if (this.#stands(standing) && number === standing.asked && link.isOpen) this.#put(link, standing);
  }

  #stands(standing: Standing): boolean {
    return this.#standing.get(keyOf(standing.question)) === standing;
  }
}

function keyOf({ type, payload }: Question): string {
  return JSON.stringify([type, payload]);
}
