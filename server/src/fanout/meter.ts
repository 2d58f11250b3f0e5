/** What fan-out counts. Counters live here and not in Socket.IO hooks: the fast path passes those by. */
import type { ErrorCode, ResyncReason } from '../protocol/index.ts';
import type { Frame } from '../service/live-ports.ts';

/** Called on the hot path: must be cheap and must not throw. */
export interface FanoutMeter {
  /** One flush of one room: which frames went to how many connections. */
  flushed(frames: readonly Frame[], connections: number): void;
  /** A join has ended: how, and how long it took. */
  joined(outcome: 'joined' | ErrorCode, seconds: number): void;
  gap(what: 'found' | 'repaired'): void;
  /** A room is told that messages are missing. */
  resync(reason: ResyncReason): void;
  dropped(why: 'repeat' | 'unknown' | 'imitation'): void;
  /** Where a client's past comes from; `none`: it is told `recovered: false`. */
  replay(source: 'memory' | 'redis' | 'none'): void;
  rooms(count: number): void;
}
