/** When what is meant to happen, in milliseconds of `Date.now()`: everybody reckons from the one start, and nobody waits for anybody. */
import type { Settings } from './settings.ts';

/** The moments of a run. */
export interface Timeline {
  readonly writeFrom: number;
  readonly writeUntil: number;
  /** When a user is meant to arrive. */
  arrival(user: number): number;
  /** When a writer's n-th message (from 0 on) is meant to be sent; all writers together make one even stream. */
  message(writer: number, n: number): number;
  /** When the connections break all at once. */
  readonly storms: readonly number[];
}

/** Between the last arrival and the first message. */
const SETTLE_MS = 2_000;
/** Whoever breaks off later than this before the end has no time to come back. */
const LAST_STORM_BEFORE_END_MS = 8_000;
/** Together with arriving and writing: for checking the ledger, and for a cluster that is slow to answer. */
const CHECK_SECONDS = 75;

/** The plan of a run that starts at `startAt`. */
export function planRun(settings: Settings, startAt: number): Timeline {
  const arrivalMs = rampMs(settings);
  const writeFrom = startAt + (settings.writesWhile === 'arriving' ? 1_000 : arrivalMs + SETTLE_MS);
  const writeUntil = Math.max(writeFrom + settings.seconds * 1_000, startAt + arrivalMs + SETTLE_MS);
  const { writers, rate } = settings;
  return {
    writeFrom,
    writeUntil,
    arrival: (user) => startAt + (user * 1_000) / settings.arrivalRate,
    message: (writer, n) => writeFrom + ((writer + n * writers) * 1_000) / rate,
    storms: stormsOf(settings, writeFrom, writeUntil),
  };
}

/** Seconds after which k6 ends a run that has not ended by itself. */
export function longestRunSeconds(settings: Settings): number {
  return Math.ceil((rampMs(settings) + SETTLE_MS) / 1_000 + settings.seconds + CHECK_SECONDS);
}

function rampMs({ users, arrivalRate }: Settings): number {
  return (users * 1_000) / arrivalRate;
}

function stormsOf({ stormEverySeconds }: Settings, from: number, until: number): number[] {
  const storms: number[] = [];
  if (stormEverySeconds === null) return storms;
  const every = Math.min(stormEverySeconds * 1_000, Math.max(1_000, (until - from - LAST_STORM_BEFORE_END_MS) / 2));
  for (let at = from + every; at <= until - LAST_STORM_BEFORE_END_MS; at += every) storms.push(at);
  return storms;
}
