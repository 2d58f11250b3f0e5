/** Presence on one node, put together: renewals of its own connections, sweeps over everybody's, and the sign that Redis is there. */
import type { Clock, Failures, OpenConnection, RoomStore, SessionStore } from '../service/ports.ts';
import { createEffects, type Effects } from './effects.ts';
import { createPeriodic } from './periodic.ts';
import { createRenewals } from './renewals.ts';
import { createSweeper, type SweeperDeps } from './sweeper.ts';

/** What presence needs. `beat` leaves this node's sign that Redis was there (see `AbsenceGuard`). */
export type PresenceDeps = {
  sessions: SessionStore;
  rooms: Pick<RoomStore, 'leave' | 'announce'>;
  beat(): Promise<void>;
  failures: Failures;
  clock: Pick<Clock, 'monotonicMs'>;
  renewIntervalMs: number;
  sweepIntervalMs: number;
  /** How often hints that were lost are looked for; 10 min. */
  slowPassIntervalMs?: number;
  onSwept?: SweeperDeps['onSwept'];
};

/** Presence as the rest of the node sees it. */
export interface Presence {
  /** For use cases that got something pending from the session store. */
  readonly effects: Effects;
  /** The connection is open: renew it. `onLost`: it was given up, close it with CONNECTION_LOST. */
  track(connection: OpenConnection, onLost: () => void): void;
  /** The connection has ended; call it before `SessionStore.close`. Idempotent. */
  untrack(connection: OpenConnection): void;
  start(): void;
  /** Stops everything and waits for what is under way. */
  close(): Promise<void>;
}

const SLOW_PASS_INTERVAL_MS = 600_000;

/** Nothing runs before `start`. */
export function createPresence(deps: PresenceDeps): Presence {
  const { sessions, failures, renewIntervalMs, slowPassIntervalMs = SLOW_PASS_INTERVAL_MS } = deps;
  const effects = createEffects(deps);
  const renewals = createRenewals({ ...deps, effects, intervalMs: renewIntervalMs });
  const loops = [
    renewals,
    createSweeper({ ...deps, effects, intervalMs: deps.sweepIntervalMs }),
    createPeriodic({ stage: 'presence.beat', intervalMs: renewIntervalMs / 2, run: () => deps.beat(), failures }),
    createPeriodic({
      stage: 'presence.slow-pass',
      intervalMs: slowPassIntervalMs,
      jitter: 0.5,
      run: async () => void (await sessions.restoreHints()),
      failures,
    }),
  ];

  return {
    effects,
    track: renewals.track,
    untrack: renewals.untrack,
    start() {
      for (const loop of loops) loop.start();
    },
    async close() {
      await Promise.all(loops.map((loop) => loop.close()));
    },
  };
}
