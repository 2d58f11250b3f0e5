/** Notices a connection that sends far more than it may, whatever it sends: answering each frame would cost as much again. */
import { TokenBucket } from '../service/token-bucket.ts';
import type { DoorDeps } from './door.ts';

type Deps = Pick<DoorDeps, 'frames' | 'count'>;

/** One connection's frames. A class, not closures: there are as many of these as connections. */
export class FloodWatch {
  readonly #deps: Deps;
  readonly #bucket: TokenBucket;
  #isOver = false;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#bucket = new TokenBucket(deps.frames, performance.now());
  }

  /** Counts a frame, or a packet of a poll. Once true it stays true: the connection has to be cut. */
  isTooMuch(): boolean {
    if (this.#isOver || this.#bucket.take(performance.now()) === 0) return this.#isOver;
    this.#isOver = true;
    this.#deps.count('frames_connection');
    return true;
  }
}
