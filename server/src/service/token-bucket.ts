/** Token buckets: how much may come at once and how fast again, counted in this process. Times in ms of a clock that only goes on. */

/** How fast a bucket fills, and how much it holds. */
export type Rate = Readonly<{ perSecond: number; burst: number }>;

/** One bucket, full at first. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #atMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#atMs = nowMs;
  }

  /** Takes a token and answers 0, or takes nothing and answers how many ms from now one will be there. */
  take(nowMs: number): number {
    const { perSecond, burst } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, nowMs - this.#atMs) * perSecond) / 1_000);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return Math.max(1, Math.ceil(((1 - this.#tokens) * 1_000) / perSecond));
    this.#tokens--;
    return 0;
  }

  /** What was asked for cost nothing after all. */
  giveBack(): void {
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + 1);
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
  #current = new Map<string, TokenBucket>();
  #previous = new Map<string, TokenBucket>();
  #turnsAtMs = 0;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#generationMs = (rate.burst * 1_000) / rate.perSecond;
  }

  /** As `TokenBucket.take`, of this key's bucket. */
  take(key: string, nowMs: number): number {
    if (nowMs >= this.#turnsAtMs || this.#current.size >= MOST_KEYS / 2) this.#turn(nowMs);
    let bucket = this.#current.get(key);
    if (bucket === undefined) {
      bucket = this.#previous.get(key) ?? new TokenBucket(this.#rate, nowMs);
      this.#current.set(key, bucket);
    }
    return bucket.take(nowMs);
  }

  #turn(nowMs: number): void {
    this.#previous = nowMs >= this.#turnsAtMs + this.#generationMs ? new Map() : this.#current;
    this.#current = new Map();
    this.#turnsAtMs = nowMs + this.#generationMs;
  }
}
