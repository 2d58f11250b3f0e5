/** Finds connections of `/ws` that are dead or do not read any more: protocol pings from one timer for all. */
import type { Failures } from '../../service/ports.ts';

/** What the heartbeat needs of a connection. */
export interface Beating {
  ping(mark: string): void;
  /** All bytes that have ever come in. */
  bytesRead(): number;
  cut(reason: 'HEARTBEAT_LOST' | 'SLOW_CONSUMER'): void;
}

/** The state of one connection; the door tells it what happens there. */
export interface Pulse {
  /** A frame came in. */
  seen(): void;
  /** The answer to a ping came in, with the mark of that ping. */
  ponged(mark: string): void;
  /** Room events were written. */
  delivered(): void;
  stop(): void;
}

export interface Heartbeat {
  start(target: Beating): Pulse;
  close(): void;
}

/** What all connections share: the time in ticks, and who is watched. */
type Clock = { tick: number; readonly beats: Set<Beat> };

/** A class, not closures: there are as many of these as connections. */
class Beat implements Pulse {
  readonly target: Beating;
  readonly bornTick: number;
  seenTick: number;
  bytesSeen = 0;
  /** Tick of the oldest ping that stands behind room events and has no pong yet; 0 where there is none. */
  owedTick = 0;
  hasUnprovenEvents = false;
  readonly #clock: Clock;

  constructor(target: Beating, clock: Clock) {
    this.target = target;
    this.bornTick = clock.tick;
    this.seenTick = clock.tick;
    this.#clock = clock;
  }

  seen(): void {
    this.seenTick = this.#clock.tick;
  }

  ponged(mark: string): void {
    this.seen();
    // Some clients send pongs of their own accord; only the echo of a ping proves that what stood before it was read.
    if (this.owedTick > 0 && Number(mark) >= this.owedTick) this.owedTick = 0;
  }

  delivered(): void {
    this.hasUnprovenEvents = true;
  }

  stop(): void {
    this.#clock.beats.delete(this);
  }
}

const TICKS_PER_INTERVAL = 20;

type HeartbeatOptions = { pingIntervalMs: number; pingTimeoutMs: number; failures: Failures };

/**
 * Alive is who sent any byte within two intervals. A reader is too slow when the pong to a ping that was written behind
 * room events is later than the timeout: bytes alone tell nothing, since kernels and proxies hide megabytes. Time is
 * counted in ticks of this timer, so a node that was frozen blames nobody for its own pause.
 */
export function createHeartbeat({ pingIntervalMs, pingTimeoutMs, failures }: HeartbeatOptions): Heartbeat {
  const stepMs = Math.max(5, pingIntervalMs / TICKS_PER_INTERVAL);
  const pingTicks = Math.max(1, Math.round(pingIntervalMs / stepMs));
  const pongTicks = Math.ceil(pingTimeoutMs / stepMs);
  const clock: Clock = { tick: 1, beats: new Set() };

  const check = (beat: Beat): void => {
    const { tick } = clock;
    if (tick - beat.seenTick >= 2 * pingTicks && !hasNewBytes(beat, tick)) beat.target.cut('HEARTBEAT_LOST');
    else if (beat.owedTick > 0 && tick - beat.owedTick > pongTicks) beat.target.cut('SLOW_CONSUMER');
    else if (tick > beat.bornTick && (tick - beat.bornTick) % pingTicks === 0) sendPing(beat, tick);
  };
  const timer = setInterval(() => {
    clock.tick++;
    try {
      for (const beat of clock.beats) check(beat);
    } catch (error) {
      failures.report('transport.heartbeat', error);
    }
  }, stepMs);

  return {
    start(target) {
      const beat = new Beat(target, clock);
      clock.beats.add(beat);
      return beat;
    },
    close: () => clearInterval(timer),
  };
}

function sendPing(beat: Beat, tick: number): void {
  if (beat.owedTick === 0 && beat.hasUnprovenEvents) {
    beat.owedTick = tick;
    beat.hasUnprovenEvents = false;
  }
  beat.target.ping(String(tick));
}

/** Bytes of a frame that is not complete yet count as life too. */
function hasNewBytes(beat: Beat, tick: number): boolean {
  const bytes = beat.target.bytesRead();
  if (bytes === beat.bytesSeen) return false;
  beat.bytesSeen = bytes;
  beat.seenTick = tick;
  return true;
}
