/**
 * The reconnect machine: keeps one connection while one is wanted, comes back after a loss with full jitter, obeys what the
 * server says about when, and on a drain opens the new connection before it closes the old one.
 */
import { type Backoff, fullJitterMs } from './backoff.ts';
import type { Failure } from './failure.ts';
import type { Link, LinkListener } from './link.ts';
import type { Clock } from './platform.ts';
import type { WireClose } from './wire.ts';

/** How the machine stands. `attempt` counts failures in a row, from 1 in `offline`. */
export type ConnectorStatus =
  | { status: 'idle' }
  | { status: 'connecting'; attempt: number }
  | { status: 'open' }
  | { status: 'offline'; attempt: number; retryAtMs: number; detail: string }
  | { status: 'refused'; error: Failure }
  | { status: 'closed' };

/** What the machine needs and whom it tells. */
export interface ConnectorHooks {
  /** Starts a connection. */
  dial(listener: LinkListener): Link;
  /** A connection can be used: join on it, then call `settled`. On a drain the old one still serves meanwhile. */
  opened(link: Link): void;
  event(link: Link, type: string, payload: unknown): void;
  /** A connection that had opened has ended; `instead` is the one to go on with, where there is one. */
  lost(link: Link, instead: Link | null): void;
  /** A connection ended before it opened. */
  failed(link: Link): void;
  /** The server said to give up. Answer true to try again at once (with another token), false to stay refused. */
  refused(error: Failure): boolean;
  status(status: ConnectorStatus): void;
}

/** Time, chance and waits of the machine. */
export type ConnectorDeps = { clock: Clock; random: () => number; backoff: Backoff; stableMs: number };

/** See the file's sentence. */
export class Connector implements LinkListener {
  readonly #deps: ConnectorDeps;
  readonly #hooks: ConnectorHooks;
  #serving: Link | null = null;
  #next: Link | null = null;
  #status: ConnectorStatus = { status: 'idle' };
  #failures = 0;
  #settledAtMs: number | null = null;
  #cancelTimer: () => void = () => undefined;

  constructor(deps: ConnectorDeps, hooks: ConnectorHooks) {
    this.#deps = deps;
    this.#hooks = hooks;
  }

  get status(): ConnectorStatus {
    return this.#status;
  }

  /** The open connection that was opened last: the one to join on. */
  get latest(): Link | null {
    return this.#next?.isOpen ? this.#next : this.#serving;
  }

  /** Whether a connection is wanted. Without one the machine rests. */
  want(isWanted: boolean): void {
    const { status } = this.#status;
    if (isWanted && status === 'idle') this.#dial();
    if (!isWanted && status !== 'closed' && status !== 'refused') this.#rest({ status: 'idle' });
  }

  /** Ends the waiting of `offline` at once. */
  reconnectNow(): void {
    if (this.#status.status === 'offline') this.#dial();
  }

  /** Everything that was joined before is joined on `link`: where it replaces another, that one is closed now. */
  settled(link: Link): void {
    if (link === this.#next) {
      this.#serving?.close();
      this.#promote();
    }
    if (link === this.#serving) this.#settledAtMs ??= this.#deps.clock.now();
  }

  /** The node of `link` is leaving and asks to come back after `reconnectInMs`. */
  drain(link: Link, reconnectInMs: number): void {
    if (link !== this.#serving || this.#next) return;
    this.#later(reconnectInMs, () => this.#open());
  }

  /** Gives up for good. */
  refuse(error: Failure): void {
    if (this.#status.status === 'closed') return;
    if (this.#hooks.refused(error)) {
      this.#hangUp();
      this.#failures += 1;
      this.#waitToDial(0, error.code);
    } else this.#rest({ status: 'refused', error });
  }

  /** Ends the machine. */
  close(): void {
    this.#rest({ status: 'closed' });
  }

  opened(link: Link): void {
    if (link !== this.#next) return;
    if (!this.#serving) {
      this.#promote();
      this.#set({ status: 'open' });
    }
    this.#hooks.opened(link);
  }

  event(link: Link, type: string, payload: unknown): void {
    this.#hooks.event(link, type, payload);
  }

  closed(link: Link, why: WireClose): void {
    const wasServing = link === this.#serving;
    if (!wasServing && link !== this.#next) return;
    if (wasServing) this.#serving = null;
    else this.#next = null;
    if (why.giveUp) {
      this.refuse(why.giveUp);
      return;
    }
    this.#countFailure(wasServing);
    if (!this.#serving && this.#next?.isOpen) this.#promote();
    if (!link.hasOpened) this.#hooks.failed(link);
    this.#goOn(why);
    this.#hooks.lost(link, this.#serving);
  }

  #goOn(why: WireClose): void {
    if (this.#status.status === 'closed' || this.#status.status === 'refused') return;
    if (this.#serving) {
      // The replacement failed while the old connection still serves: try another without a word to anyone.
      if (!this.#next && this.#settledAtMs !== null) this.#later(this.#waitMs(why), () => this.#open());
    } else if (this.#next) this.#set({ status: 'connecting', attempt: this.#failures });
    else this.#waitToDial(this.#waitMs(why), why.detail);
  }

  #promote(): void {
    this.#serving = this.#next;
    this.#next = null;
    this.#settledAtMs = null;
  }

  #countFailure(wasServing: boolean): void {
    const now = this.#deps.clock.now();
    const wasStable = this.#settledAtMs !== null && now - this.#settledAtMs >= this.#deps.stableMs;
    if (wasServing) {
      if (wasStable) this.#failures = 0;
      this.#settledAtMs = null;
    }
    this.#failures += 1;
  }

  #waitMs({ retryAfterMs = 0 }: WireClose): number {
    return retryAfterMs + fullJitterMs(this.#deps.backoff, this.#failures, this.#deps.random());
  }

  #waitToDial(waitMs: number, detail: string): void {
    this.#later(waitMs, () => this.#dial());
    this.#set({ status: 'offline', attempt: this.#failures, retryAtMs: this.#deps.clock.now() + waitMs, detail });
  }

  #dial(): void {
    this.#set({ status: 'connecting', attempt: this.#failures });
    this.#open();
  }

  #open(): void {
    this.#cancelTimer();
    if (!this.#next) this.#next = this.#hooks.dial(this);
  }

  #later(delayMs: number, run: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.clock.after(delayMs, run);
  }

  #rest(status: ConnectorStatus): void {
    this.#hangUp();
    this.#failures = 0;
    this.#set(status);
  }

  #hangUp(): void {
    this.#cancelTimer();
    const links = [this.#serving, this.#next];
    this.#serving = null;
    this.#next = null;
    this.#settledAtMs = null;
    for (const link of links) {
      if (!link) continue;
      link.close();
      this.#hooks.lost(link, null);
    }
  }

  #set(status: ConnectorStatus): void {
    this.#status = status;
    this.#hooks.status(status);
  }
}
