/** Token buckets: how much may come at once and how fast again, counted in this process. Times in ms of a clock that only goes on. */

/** How fast a bucket fills, and how much it holds. */
export type Rate = Readonly<{ perSecond: number; burst: number }>;

/**
 * A bucket as one number, the time at which it is full again: there are several to each connection. 0 is a full one. That is
 * the generic cell rate algorithm (ITU-T I.371), which counts as a bucket of tokens does.
 */
export type FullAtMs = number;

/** Rounding of times as large as a clock's is no part of a token, or of a millisecond. */
const ROUNDING = 1e-6;

/** How many ms from `nowMs` a token will be there; 0 where one is. */
export function waitMsOf({ perSecond, burst }: Rate, fullAtMs: FullAtMs, nowMs: number): number {
  const tokens = burst - (Math.max(0, fullAtMs - nowMs) * perSecond) / 1_000;
  return tokens >= 1 - ROUNDING ? 0 : Math.max(1, Math.ceil(((1 - tokens) * 1_000) / perSecond - ROUNDING));
}

/** The bucket after a token was taken. */
export function afterTaking({ perSecond }: Rate, fullAtMs: FullAtMs, nowMs: number): FullAtMs {
  return Math.max(nowMs, fullAtMs) + 1_000 / perSecond;
}

/** The bucket after a token was given back: what was asked for cost nothing after all. */
export function afterGivingBack({ perSecond }: Rate, fullAtMs: FullAtMs): FullAtMs {
  return fullAtMs - 1_000 / perSecond;
}

/** One bucket, full at first. */
export class TokenBucket {
  readonly #rate: Rate;
  #fullAtMs: FullAtMs = 0;

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Takes a token and answers 0, or takes nothing and answers how many ms from now one will be there. */
  take(nowMs: number): number {
    const waitMs = waitMsOf(this.#rate, this.#fullAtMs, nowMs);
    if (waitMs === 0) this.#fullAtMs = afterTaking(this.#rate, this.#fullAtMs, nowMs);
    return waitMs;
  }
}

/** More keys at once than any node serves: beyond, the oldest half is forgotten, which only ever lets somebody in. */
const MOST_KEYS = 200_000;

/**
 * A bucket for each address or user that was heard of lately. Two generations, each as long as an empty bucket takes to
 * fill: whoever is in neither has a full bucket, so forgetting is exact and needs no timer and no scan.
 */
export class KeyedBuckets {
  readonly #rate: Rate;
  readonly #generationMs: number;
  #current = new Map<string, FullAtMs>();
  #previous = new Map<string, FullAtMs>();
  #turnsAtMs = 0;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#generationMs = (rate.burst * 1_000) / rate.perSecond;
  }

  /** As `TokenBucket.take`, of this key's bucket. */
  take(key: string, nowMs: number): number {
    if (nowMs >= this.#turnsAtMs || this.#current.size >= MOST_KEYS / 2) this.#turn(nowMs);
    const known = this.#current.get(key);
    const fullAtMs = known ?? this.#previous.get(key) ?? 0;
    const waitMs = waitMsOf(this.#rate, fullAtMs, nowMs);
    if (waitMs === 0) this.#current.set(key, afterTaking(this.#rate, fullAtMs, nowMs));
    else if (known === undefined) this.#current.set(key, fullAtMs);
    return waitMs;
  }

  #turn(nowMs: number): void {
    this.#previous = nowMs >= this.#turnsAtMs + this.#generationMs ? new Map() : this.#current;
    this.#current = new Map();
    this.#turnsAtMs = nowMs + this.#generationMs;
  }
}
