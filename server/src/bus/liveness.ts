/** Proves every second that what is published reaches the subscriber; a subscriber that hears nothing is rebuilt. */
import type { Clock, Failures } from '../service/ports.ts';

export type LivenessDeps = {
  intervalMs: number;
  clock: Clock;
  isReady(): boolean;
  ping(): Promise<unknown>;
  publish(payload: string): Promise<unknown>;
  /** Drops the connection; it connects again by itself. */
  rebuild(): void;
  failures: Failures;
};

/** Canaries that may be missed in a row before the subscriber is rebuilt. */
const MISSED_CANARIES = 3;
/** A connection that does not become ready is started afresh after this long. */
const NOT_READY_MS = 5_000;
const PROBE_MS = 2_000;

/** A watch on one subscriber. */
export function createLiveness(deps: LivenessDeps) {
  const { clock, intervalMs } = deps;
  let sent = 0;
  let seen = 0;
  let missed = 0;
  let seenAtMs = Number.NEGATIVE_INFINITY;
  let readyAtMs = clock.monotonicMs();
  let seenAtBeat = 0;
  const waiters = new Set<() => void>();
  const timer = setInterval(beat, intervalMs).unref();
  setImmediate(beat);

  function beat(): void {
    if (!deps.isReady()) {
      missed = 0;
      if (clock.monotonicMs() - readyAtMs > NOT_READY_MS) rebuild('subscriber was not ready for 5 s');
      return;
    }
    readyAtMs = clock.monotonicMs();
    deps.ping().catch(() => undefined);
    // One that hears late, but hears, would only fall further behind if it were rebuilt.
    if (sent > seen && seen === seenAtBeat) missed++;
    else missed = 0;
    seenAtBeat = seen;
    if (missed >= MISSED_CANARIES) rebuild('subscriber heard no canary');
    else void publish();
  }

  /** Only a canary that Redis took counts as missed: while Redis is away nothing is known about the subscriber. */
  async function publish(): Promise<boolean> {
    const number = sent + 1;
    try {
      await deps.publish(String(number));
      sent = Math.max(sent, number);
      return true;
    } catch {
      missed = 0;
      return false;
    }
  }

  /** The next canary that is heard; rejects where none can be, or none was within the deadline. */
  function nextCanary(): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (why: string) => {
        waiters.delete(heard);
        reject(new Error(why));
      };
      const late = setTimeout(giveUp, PROBE_MS, 'no canary came back').unref();
      const heard = () => {
        clearTimeout(late);
        waiters.delete(heard);
        resolve();
      };
      waiters.add(heard);
      void publish().then((isSent) => {
        if (!isSent) giveUp('no canary could be published');
      });
    });
  }

  function rebuild(reason: string): void {
    missed = 0;
    sent = seen;
    readyAtMs = clock.monotonicMs();
    deps.failures.report('bus.liveness', new Error(reason));
    deps.rebuild();
  }

  return {
    seen(payload: string): void {
      seen = Math.max(seen, Number(payload) || 0);
      seenAtMs = clock.monotonicMs();
      for (const heard of [...waiters]) heard();
    },
    /** Whether a canary came back within the last three intervals. */
    isAlive: () => deps.isReady() && clock.monotonicMs() - seenAtMs < (MISSED_CANARIES + 0.5) * intervalMs,
    /** Sends a canary now and resolves when one comes back; rejects where none does within 2 s. */
    probe: nextCanary,
    close: () => clearInterval(timer),
  };
}
