/** Finds users whose time has come, whichever node they were on, and finishes what dead nodes left pending. */
import type { DueHint, Failures, SessionStore } from '../service/ports.ts';
import type { Effects } from './effects.ts';
import { createPeriodic, type Periodic } from './periodic.ts';

/** What a sweeper needs. `onSwept` hears how many users were looked at, and how many effects that had. */
export type SweeperDeps = {
  sessions: Pick<SessionStore, 'due' | 'lapse' | 'reschedule'>;
  effects: Effects;
  failures: Failures;
  intervalMs: number;
  createLoop?: typeof createPeriodic;
  onSwept?: ((users: number, effects: number) => void) | undefined;
};

/** Users looked at in one step. */
const STEP = 200;

/**
 * Any number of sweepers may run: what they decide and what they apply is idempotent, and a hint that was taken is left
 * to its taker for a while. The hint moves last, so whoever dies on the way leaves a hint behind.
 */
export function createSweeper(deps: SweeperDeps): Periodic {
  const { sessions, effects, failures, intervalMs, onSwept, createLoop = createPeriodic } = deps;
  let isClosing = false;

  async function sweep(): Promise<void> {
    let taken: DueHint[];
    do {
      taken = await sessions.due(STEP);
      if (taken.length > 0) await look(taken);
    } while (taken.length === STEP && !isClosing);
  }

  async function look(taken: readonly DueHint[]): Promise<void> {
    const { pending, nextMs } = await sessions.lapse(taken.map(({ userId }) => userId));
    const { failed } = await effects.apply(pending);
    const done = taken.flatMap((hint, i) => {
      const next = nextMs[i] ?? null;
      return next === null || failed.has(hint.userId) ? [] : [{ ...hint, nextMs: next }];
    });
    await sessions.reschedule(done);
    onSwept?.(taken.length, pending.length);
  }

  const loop = createLoop({ stage: 'presence.sweeper', intervalMs, jitter: 0.2, run: sweep, failures });
  return {
    start: loop.start,
    close() {
      isClosing = true;
      return loop.close();
    },
  };
}
