/** The ground of a model run: every asynchronous step is a task of the scheduler, every chance comes from the run's luck. */
import type fc from 'fast-check';
import { vi } from 'vitest';

/** What may happen to a publication on its way to one node. */
export type Fate = 'in order' | 'late' | 'lost' | 'twice';

/** What may happen to a call to Redis. */
export type CallFate = 'answered' | 'refused' | 'unanswered';

/** Chances in the order they are needed; when they are used up, nothing goes wrong any more. */
export type Luck = { fates: readonly Fate[]; calls: readonly CallFate[]; ticks: readonly boolean[] };

/** More steps than any run needs to come to rest. */
const MAX_STEPS = 20_000;

const afterAllMicrotasks = setImmediate;

/** One run's scheduler and virtual time. Timers are vitest's fake ones, installed by the test. */
export class Sim {
  readonly #scheduler: fc.Scheduler;
  readonly #luck: Luck;
  #fates = 0;
  #calls = 0;
  #ticks = 0;
  /** Set when the run comes to its end: faults are over, what is left must come to rest. */
  isCalm = false;
  /** What a connection was told that it must not be told. */
  readonly violations: string[] = [];

  constructor(scheduler: fc.Scheduler, luck: Luck) {
    this.#scheduler = scheduler;
    this.#luck = luck;
  }

  /** Resolves when the scheduler chooses this step. */
  async step(label: string): Promise<void> {
    await this.#scheduler.schedule(Promise.resolve(), label);
  }

  nextFate(): Fate {
    return (this.isCalm ? undefined : this.#luck.fates[this.#fates++]) ?? 'in order';
  }

  nextCallFate(): CallFate {
    return (this.isCalm ? undefined : this.#luck.calls[this.#calls++]) ?? 'answered';
  }

  /** Lets one thing happen: a scheduled step, or the next timer. Answers false when nothing is left. */
  async advance(): Promise<boolean> {
    const hasSteps = this.#scheduler.count() > 0;
    const hasTimers = vi.getTimerCount() > 0;
    if (!hasSteps && !hasTimers) return false;
    const { ticks } = this.#luck;
    const isTick = ticks.length > 0 && ticks[this.#ticks++ % ticks.length] === true;
    if (hasTimers && (!hasSteps || isTick)) vi.advanceTimersToNextTimer();
    else await this.#scheduler.waitOne();
    await new Promise<void>((resolve) => afterAllMicrotasks(resolve));
    this.check();
    return true;
  }

  async rest(): Promise<void> {
    for (let i = 0; i < MAX_STEPS; i++) if (!(await this.advance())) return;
    throw new Error('the run does not come to rest');
  }

  check(): void {
    if (this.violations.length > 0) throw new Error(this.violations.join('\n'));
  }
}
