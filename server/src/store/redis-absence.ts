/**
 * Whether Redis was there all the time. Who looks lapsed after Redis was away may only have been unable to renew, so nobody
 * lapses and no lapsed name passes on until two renewal intervals after Redis came back.
 */
import type { Keys } from './keys.ts';
import type { RedisCommands } from './redis-commands.ts';
import { asArray, asInteger } from './replies.ts';

/** Answers up to which Redis time deciding about other people's sessions is safe. */
export interface AbsenceGuard {
  /** Redis time in ms until which it is certain that Redis was not away; 0 while it may have been. May be answered from memory. */
  certainUntilMs(): Promise<number>;
  /** Looks now and leaves the sign of life that others look for; called every half renewal interval on every node. */
  beat(): Promise<void>;
  /** Whether nobody may lapse now, as far as the last look told; a look that is too old tells nothing. */
  isFrozen(): boolean;
}

/** What the guard needs; `monotonicMs` never goes back. */
export type AbsenceGuardDeps = {
  commands: RedisCommands;
  keys: Keys;
  renewIntervalMs: number;
  /** How long one look is worth: much less than what is missing from a renewal interval to the life of presence. */
  certaintyMs: number;
  monotonicMs(): number;
};

const MARK_TTL_MS = 3_600_000;

/**
 * The guard on `presence:last` and `presence:resumedAt`. Every writer of `last` looks first, and writes the Redis time
 * of its look: a write that was stuck while Redis stood still cannot hide the gap. Two keys, so never one script.
 */
export function createRedisAbsenceGuard(deps: AbsenceGuardDeps): AbsenceGuard {
  const { commands, keys, renewIntervalMs, certaintyMs } = deps;
  let known: { atMs: number; certainUntilMs: number } | null = null;
  let looking: Promise<number> | null = null;

  async function look(): Promise<number> {
    const atMs = deps.monotonicMs();
    const [time, last, resumedAt] = await commands.pipeline([
      ['time'],
      ['get', keys.presenceLast],
      ['get', keys.presenceResumedAt],
    ]);
    const now = timeMs(time);
    const silentMs = last === null ? Number.POSITIVE_INFINITY : now - asInteger(last, 'presence:last');
    const wasAway = silentMs > 1.5 * renewIntervalMs;
    if (wasAway) await write(keys.presenceResumedAt, now);
    if (silentMs > renewIntervalMs / 2 || wasAway) await write(keys.presenceLast, now);
    const isResuming = resumedAt !== null && now - asInteger(resumedAt, 'presence:resumedAt') < 2 * renewIntervalMs;
    known = { atMs, certainUntilMs: wasAway || isResuming ? 0 : now + certaintyMs };
    return known.certainUntilMs;
  }

  async function write(key: string, now: number): Promise<void> {
    await commands.pipeline([['set', key, now, 'PX', MARK_TTL_MS]]);
  }

  function lookOnce(): Promise<number> {
    looking ??= look().finally(() => {
      looking = null;
    });
    return looking;
  }

  return {
    async certainUntilMs() {
      const isFresh = known !== null && deps.monotonicMs() - known.atMs < certaintyMs / 2;
      return known !== null && isFresh ? known.certainUntilMs : lookOnce();
    },
    async beat() {
      await lookOnce();
    },
    isFrozen: () => known === null || known.certainUntilMs === 0 || deps.monotonicMs() - known.atMs > 2 * certaintyMs,
  };
}

function timeMs(reply: unknown): number {
  const [seconds, micros] = asArray(reply, 'TIME').map((part) => asInteger(part, 'TIME'));
  if (seconds === undefined || micros === undefined) throw new Error('TIME: expected seconds and microseconds');
  return seconds * 1000 + Math.floor(micros / 1000);
}
