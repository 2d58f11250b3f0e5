import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBatcher } from '../../src/store/batch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function recorder(canGather?: boolean) {
  const batches: string[] = [];
  const run = async (key: string, items: readonly number[]) => {
    batches.push(`${key}: ${items.join(' ')}`);
    return items.map((item) => item * 10);
  };
  return { batches, add: createBatcher(3, run, canGather) };
}

/** `perMs` calls in each of so many milliseconds. */
async function storm(add: (key: string, item: number) => Promise<number>, ms: number, perMs: number): Promise<void> {
  for (let at = 0; at < ms; at++) {
    for (let n = 0; n < perMs; n++) void add('a', at);
    await vi.advanceTimersByTimeAsync(1);
  }
}

test('calls of one turn are one batch for each key, at most as large as allowed, each with its own answer', async () => {
  const { batches, add } = recorder();
  const answers = [add('a', 1), add('b', 2), add('a', 3), add('a', 4), add('a', 5)];
  await vi.advanceTimersByTimeAsync(0);
  expect(await Promise.all(answers)).toEqual([10, 20, 30, 40, 50]);
  expect(batches).toEqual(['a: 1 3 4', 'a: 5', 'b: 2']);
});

test('few calls wait for nothing but the end of the turn', async () => {
  const { batches, add } = recorder();
  for (let n = 1; n <= 20; n++) {
    void add('a', n);
    await vi.advanceTimersByTimeAsync(0);
    expect(batches).toHaveLength(n);
    await vi.advanceTimersByTimeAsync(15);
  }
});

test('in a storm they are gathered, each for no longer than a moment', async () => {
  const { batches, add } = recorder();
  await storm(add, 200, 1);
  const before = batches.length;
  await storm(add, 400, 1);
  await vi.advanceTimersByTimeAsync(100);
  // Three in a batch: 400 calls are 134 batches or a few more.
  expect(batches.length - before).toBeLessThan(160);
  let isAnswered = false;
  void add('a', 1).then(() => {
    isAnswered = true;
  });
  await vi.advanceTimersByTimeAsync(100);
  expect(isAnswered).toBe(true);
});

test('after a storm nothing waits any more', async () => {
  const { batches, add } = recorder();
  await storm(add, 200, 2);
  await vi.advanceTimersByTimeAsync(300);
  const before = batches.length;
  void add('a', 1);
  await vi.advanceTimersByTimeAsync(0);
  expect(batches.length).toBe(before + 1);
});

test('what may not be gathered never is', async () => {
  const { batches, add } = recorder(false);
  await storm(add, 200, 1);
  expect(batches).toHaveLength(200);
});

test('a batch that fails fails for all its calls, one that answers too little for those without an answer', async () => {
  const fails = createBatcher<number, number>(9, async () => Promise.reject(new Error('away')));
  const both = Promise.allSettled([fails('a', 1), fails('a', 2)]);
  const short = createBatcher<number, number>(9, async () => [1]);
  const half = Promise.allSettled([short('a', 1), short('a', 2)]);
  await vi.advanceTimersByTimeAsync(0);
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await half).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});
