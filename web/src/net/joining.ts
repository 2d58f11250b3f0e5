/** Asks to join a room on a connection, again after errors that pass, and tells how it went. */
import type { Joined } from '@c2c/server/protocol';
import { decodeJoined, typedResult } from './decode.ts';
import type { Failure, Result } from './failure.ts';
import type { Link } from './link.ts';
import type { Waits } from './waits.ts';

/** What joining needs from the room. */
export interface JoiningHooks {
  /** What to join with now: room, token, invite, `after`, language. */
  payload(): Record<string, unknown>;
  joined(link: Link, joined: Joined): void;
  /** The room does not take us. */
  refused(error: Failure): void;
  /** The server does not take our token. */
  unauthorized(error: Failure): void;
}

/** See the file's sentence. */
export class Joining {
  readonly #waits: Waits;
  readonly #hooks: JoiningHooks;
  #link: Link | null = null;
  #attempts = 0;

  constructor(waits: Waits, hooks: JoiningHooks) {
    this.#waits = waits;
    this.#hooks = hooks;
  }

  /** Whether a join was asked on this connection. */
  isOn(link: Link): boolean {
    return this.#link === link;
  }

  /** Asks on `link`; what was asked elsewhere no longer counts. */
  ask(link: Link): void {
    this.#link = link;
    link.ask({ type: 'join', payload: this.#hooks.payload() }, (result) => {
      if (link === this.#link) this.#answered(link, typedResult(result, decodeJoined));
    });
  }

  /** The connection has ended, or nobody wants to join any more. */
  forget(link: Link | null): void {
    if (link === null || this.#link === link) this.#link = null;
  }

  #answered(link: Link, result: Result<Joined>): void {
    if (result.ok) {
      this.#attempts = 0;
      this.#hooks.joined(link, result.data);
      return;
    }
    const { error } = result;
    if (error.code === 'UNAUTHORIZED' || error.code === 'SESSION_EXPIRED') this.#hooks.unauthorized(error);
    else if (!error.retryable) this.#hooks.refused(error);
    else if (error.code !== 'CONNECTION_LOST') void this.#askLater(link, error.retryAfterMs);
  }

  async #askLater(link: Link, retryAfterMs: number | undefined): Promise<void> {
    this.#attempts += 1;
    await this.#waits.backOff(this.#attempts, retryAfterMs);
    if (link === this.#link && link.isOpen) this.ask(link);
  }
}
