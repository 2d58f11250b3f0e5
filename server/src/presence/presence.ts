/** Presence on one node, put together: renewals of its own connections, sweeps over everybody's, and the sign that Redis is there. */
import type { Clock, Failures, OpenConnection, PresenceWatch, RoomStore, SessionStore } from '../service/ports.ts';
import { createEffects, type Effects } from './effects.ts';
import { createPeriodic } from './periodic.ts';
import { createRenewals } from './renewals.ts';
import { createSlowPass, type Walk } from './slow-pass.ts';
import { createSweeper, type SweeperDeps } from './sweeper.ts';

/** What presence needs. `beat` leaves this node's sign that Redis was there (see `AbsenceGuard`); `takeTurn` as in the slow pass. */
export type PresenceDeps = {
  sessions: SessionStore;
  rooms: Pick<RoomStore, 'leave' | 'announce' | 'walkMembers'>;
  beat(): Promise<void>;
  takeTurn(walk: Walk, forMs: number): Promise<boolean>;
  failures: Failures;
  clock: Pick<Clock, 'monotonicMs'>;
  renewIntervalMs: number;
  sweepIntervalMs: number;
  /** How often what no hint leads to is looked for; 10 min. */
  slowPassIntervalMs?: number;
  onSwept?: SweeperDeps['onSwept'];
  /** Makes the loops; tests turn them by hand. */
  createLoop?: typeof createPeriodic;
};

/** Presence as the rest of the node sees it. */
export interface Presence extends PresenceWatch {
  /** For use cases that got something pending from the session store. */
  readonly effects: Effects;
  /** The connection has ended; call it before `SessionStore.close`. Idempotent. */
  untrack(connection: OpenConnection): void;
  start(): void;
  /** Stops everything and waits for what is under way. */
  close(): Promise<void>;
}

const SLOW_PASS_INTERVAL_MS = 600_000;

/** Nothing runs before `start`. */
export function createPresence(deps: PresenceDeps): Presence {
  const { failures, renewIntervalMs, slowPassIntervalMs = SLOW_PASS_INTERVAL_MS, createLoop = createPeriodic } = deps;
  const effects = createEffects(deps);
  const renewals = createRenewals({ ...deps, effects, intervalMs: renewIntervalMs });
  const loops = [
    renewals,
    createSweeper({ ...deps, effects, intervalMs: deps.sweepIntervalMs }),
    createLoop({ stage: 'presence.beat', intervalMs: renewIntervalMs / 2, run: () => deps.beat(), failures }),
    createSlowPass({ ...deps, intervalMs: slowPassIntervalMs }),
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
