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

/** A watch on one subscriber. */
export function createLiveness(deps: LivenessDeps) {
  const { clock, intervalMs } = deps;
  let sent = 0;
  let seen = 0;
  let missed = 0;
  let seenAtMs = Number.NEGATIVE_INFINITY;
  let readyAtMs = clock.monotonicMs();
  let waiters: (() => void)[] = [];
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
    if (sent > seen) missed++;
    else missed = 0;
    if (missed >= MISSED_CANARIES) rebuild('subscriber heard no canary');
    else void publish();
  }

  /** Only a canary that Redis took counts as missed: while Redis is away nothing is known about the subscriber. */
  async function publish(): Promise<void> {
    const number = sent + 1;
    try {
      await deps.publish(String(number));
      sent = Math.max(sent, number);
    } catch {
      missed = 0;
    }
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
      for (const resolve of waiters) resolve();
      waiters = [];
    },
    /** Whether a canary came back within the last three intervals. */
    isAlive: () => deps.isReady() && clock.monotonicMs() - seenAtMs < (MISSED_CANARIES + 0.5) * intervalMs,
    /** Sends a canary now and resolves when one comes back. */
    probe(): Promise<void> {
      void publish();
      return new Promise((resolve) => waiters.push(resolve));
    },
    close: () => clearInterval(timer),
  };
}
