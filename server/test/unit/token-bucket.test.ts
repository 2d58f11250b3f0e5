import { expect, test } from 'vitest';
import { afterGivingBack, KeyedBuckets, TokenBucket, waitMsOf } from '../../src/service/token-bucket.ts';

const RATE = { perSecond: 10, burst: 3 };

test('a bucket gives its burst at once, then one at a time, and says when', () => {
  const bucket = new TokenBucket(RATE);
  expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([0, 0, 0, 100]);
  expect([bucket.take(40), bucket.take(100), bucket.take(100)]).toEqual([60, 0, 100]);
});

test('a bucket is never fuller than full, and a token may be given back', () => {
  const bucket = new TokenBucket(RATE);
  expect([1e9, 1e9, 1e9].map((now) => bucket.take(now))).toEqual([0, 0, 0]);
  expect(bucket.take(1e9)).toBe(100);
  expect(waitMsOf(RATE, 1e9 + 300, 1e9)).toBe(100);
  expect(waitMsOf(RATE, afterGivingBack(RATE, 1e9 + 300), 1e9)).toBe(0);
});

test('a token is there when it was said to be, at any fraction of a millisecond', () => {
  const bucket = new TokenBucket(RATE);
  for (let round = 0, now = 1234.567; round < 1_000; round++) {
    let waitMs = 0;
    while (waitMs === 0) waitMs = bucket.take(now);
    now += waitMs;
    expect(bucket.take(now)).toBe(0);
  }
});

test('each key has a bucket of its own', () => {
  const buckets = new KeyedBuckets(RATE);
  expect(['a', 'a', 'a', 'a', 'b'].map((key) => buckets.take(key, 0))).toEqual([0, 0, 0, 100, 0]);
});

test('a key is forgotten only when its bucket is full again', () => {
  const buckets = new KeyedBuckets(RATE);
  const taken: number[] = [];
  // One every 50 ms is twice what comes back: what is let through stays at the rate, over any number of generations.
  for (let now = 0; now <= 10_000; now += 50) if (buckets.take('a', now) === 0) taken.push(now);
  expect(taken.length).toBeGreaterThan(95);
  expect(taken.length).toBeLessThanOrEqual(100 + RATE.burst);
});

test('more keys than anybody serves push out the oldest, who is let in again', () => {
  const buckets = new KeyedBuckets({ perSecond: 0.1, burst: 1 });
  expect([buckets.take('first', 0), buckets.take('first', 0)]).toEqual([0, 10_000]);
  for (let n = 0; n < 200_000; n++) buckets.take(`10.${n}`, 0);
  expect(buckets.take('first', 0)).toBe(0);
});
