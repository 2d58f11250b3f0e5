/** Notices a connection that sends far more than it may, whatever it sends: answering each frame would cost as much again. */
import { afterTaking, waitMsOf } from '../service/token-bucket.ts';
import type { DoorDeps } from './door.ts';

type Deps = Pick<DoorDeps, 'frames' | 'count'>;

/** One connection's frames. A class, not closures: there are as many of these as connections. */
export class FloodWatch {
  readonly #deps: Deps;
  /** Infinite once it was too much. */
  #fullAtMs = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Counts a frame, or a packet of a poll. Once true it stays true: the connection has to be cut. */
  isTooMuch(): boolean {
    const { frames, count } = this.#deps;
    const nowMs = performance.now();
    if (waitMsOf(frames, this.#fullAtMs, nowMs) === 0) {
      this.#fullAtMs = afterTaking(frames, this.#fullAtMs, nowMs);
      return false;
    }
    if (this.#fullAtMs !== Number.POSITIVE_INFINITY) count('frames_connection');
    this.#fullAtMs = Number.POSITIVE_INFINITY;
    return true;
  }
}
