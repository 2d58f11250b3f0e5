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

type Beat = {
  readonly target: Beating;
  readonly bornTick: number;
  seenTick: number;
  bytesSeen: number;
  /** Tick of the oldest ping that stands behind room events and has no pong yet; 0 where there is none. */
  owedTick: number;
  hasUnprovenEvents: boolean;
};

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
  const beats = new Set<Beat>();
  let tick = 1;

  const check = (beat: Beat): void => {
    if (tick - beat.seenTick >= 2 * pingTicks && !hasNewBytes(beat, tick)) beat.target.cut('HEARTBEAT_LOST');
    else if (beat.owedTick > 0 && tick - beat.owedTick > pongTicks) beat.target.cut('SLOW_CONSUMER');
    else if (tick > beat.bornTick && (tick - beat.bornTick) % pingTicks === 0) sendPing(beat, tick);
  };
  const timer = setInterval(() => {
    tick++;
    try {
      for (const beat of beats) check(beat);
    } catch (error) {
      failures.report('transport.heartbeat', error);
    }
  }, stepMs);

  return {
    start(target) {
      const beat = { target, bornTick: tick, seenTick: tick, bytesSeen: 0, owedTick: 0, hasUnprovenEvents: false };
      beats.add(beat);
      return pulseOf(beat, { now: () => tick, stop: () => beats.delete(beat) });
    },
    close: () => clearInterval(timer),
  };
}

function pulseOf(beat: Beat, beating: { now(): number; stop(): void }): Pulse {
  return {
    seen() {
      beat.seenTick = beating.now();
    },
    ponged(mark) {
      beat.seenTick = beating.now();
      // Some clients send pongs of their own accord; only the echo of a ping proves that what stood before it was read.
      if (beat.owedTick > 0 && Number(mark) >= beat.owedTick) beat.owedTick = 0;
    },
    delivered() {
      beat.hasUnprovenEvents = true;
    },
    stop: beating.stop,
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
