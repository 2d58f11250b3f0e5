/** Whether this process stood still (SIGSTOP, a suspended machine): others have given its connections up meanwhile. */

export type FreezeWatchDeps = {
  /** A jump longer than this counts as frozen, ms. Redis being away makes no jump. */
  limitMs: number;
  monotonicMs(): number;
  /** Called once per freeze, in the first turn that notices it. */
  onFrozen(ms: number): void;
};

const TICK_MS = 1_000;

/** `hasFrozen` is cheap enough to be asked before every delivery: what waited in the kernel must not overtake the notice. */
export function createFreezeWatch({ limitMs, monotonicMs, onFrozen }: FreezeWatchDeps) {
  let tickMs = monotonicMs();
  const timer = setInterval(() => {
    check();
    tickMs = monotonicMs();
  }, TICK_MS).unref();

  function check(): boolean {
    const gapMs = monotonicMs() - tickMs;
    if (gapMs <= limitMs) return false;
    tickMs = monotonicMs();
    onFrozen(gapMs);
    return true;
  }

  return { hasFrozen: check, close: () => clearInterval(timer) };
}
