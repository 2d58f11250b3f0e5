/** What fan-out counts. Counters live here and not in Socket.IO hooks: the fast path passes those by. */

export interface FanoutMeter {
  /** One flush of one room: how many frames went to how many connections. */
  flushed(frames: number, connections: number): void;
  /** Seconds from the message's Redis time to the moment it was written to this node's sockets. */
  latency(seconds: number): void;
  gap(what: 'found' | 'repaired' | 'resync'): void;
  dropped(why: 'repeat' | 'unknown' | 'imitation'): void;
  replay(source: 'memory' | 'redis' | 'none'): void;
  slowConsumer(): void;
  rooms(count: number): void;
}
