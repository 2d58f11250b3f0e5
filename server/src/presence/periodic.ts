/** Work that comes again and again for as long as the node lives: never twice at once, never ended by a failure. */
import type { Failures } from '../service/ports.ts';

/** `intervalMs` lies between the end of one run and the start of the next; `jitter` (0–1) shortens it at random. */
export type PeriodicDeps = {
  stage: string;
  intervalMs: number;
  jitter?: number;
  run(): Promise<void>;
  failures: Failures;
};

/** Started once, closed once. */
export type Periodic = {
  start(): void;
  /** Starts no more runs and waits for the one under way. */
  close(): Promise<void>;
};

/** A loop on an unref'd timer; what `run` rejects with is reported under `stage`. */
export function createPeriodic({ stage, intervalMs, jitter = 0, run, failures }: PeriodicDeps): Periodic {
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> = Promise.resolve();
  let isClosed = false;

  function schedule(): void {
    if (isClosed) return;
    timer = setTimeout(
      () => {
        underWay = runOnce();
      },
      intervalMs * (1 - jitter * Math.random()),
    );
    timer.unref();
  }

  async function runOnce(): Promise<void> {
    try {
      await run();
    } catch (error) {
      failures.report(stage, error);
    }
    schedule();
  }

  return {
    start: schedule,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
