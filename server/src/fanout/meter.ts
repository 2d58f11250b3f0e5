/** What fan-out counts. Counters live here and not in Socket.IO hooks: the fast path passes those by. */
import type { Frame } from '../service/live-ports.ts';

/** Called on the hot path: must be cheap and must not throw. */
export interface FanoutMeter {
  /** One flush of one room: which frames went to how many connections. */
  flushed(frames: readonly Frame[], connections: number): void;
  gap(what: 'found' | 'repaired' | 'resync'): void;
  dropped(why: 'repeat' | 'unknown' | 'imitation'): void;
  replay(source: 'memory' | 'redis'): void;
  slowConsumer(): void;
  rooms(count: number): void;
}
