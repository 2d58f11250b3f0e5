import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Batcher, createBatcher } from '../../src/store/batch.ts';
import { createKeys } from '../../src/store/keys.ts';
import { createUserConnections } from '../../src/store/user-connections.ts';
import { createUserContext } from '../../src/store/user-context.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function recorder(max = 3) {
  const batches: string[] = [];
  const run = async (key: string, items: readonly number[]) => {
    batches.push(`${key}: ${items.join(' ')}`);
    return items.map((item) => item * 10);
  };
  return { batches, add: createBatcher(max, run) };
}

type Storm = { ms: number; perMs: number; canWait?: boolean };

/** `perMs` calls in each of so many milliseconds. */
async function storm(add: Batcher<number, number>, { ms, perMs, canWait = true }: Storm): Promise<void> {
  for (let at = 0; at < ms; at++) {
    for (let n = 0; n < perMs; n++) void add('a', at, canWait);
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
    void add('a', n, true);
    await vi.advanceTimersByTimeAsync(0);
    expect(batches).toHaveLength(n);
    await vi.advanceTimersByTimeAsync(15);
  }
});

test('in a storm those that can wait are gathered, each for no longer than a moment', async () => {
  const { batches, add } = recorder(50);
  await storm(add, { ms: 200, perMs: 1 });
  const before = batches.length;
  await storm(add, { ms: 400, perMs: 1 });
  await vi.advanceTimersByTimeAsync(100);
  // Fifty in a batch: 400 calls are 8 batches, and what waited before.
  expect(batches.length - before).toBeLessThan(15);
  let isAnswered = false;
  void add('a', 1, true).then(() => {
    isAnswered = true;
  });
  await vi.advanceTimersByTimeAsync(100);
  expect(isAnswered).toBe(true);
});

test('a batch that is full waits for nothing', async () => {
  const { batches, add } = recorder(50);
  await storm(add, { ms: 220, perMs: 1 });
  void add('a', 98);
  await vi.advanceTimersByTimeAsync(0);
  batches.length = 0;
  for (let n = 0; n < 49; n++) void add('a', n, true);
  await vi.advanceTimersByTimeAsync(0);
  expect(batches).toHaveLength(0);
  void add('a', 49, true);
  await vi.advanceTimersByTimeAsync(0);
  expect(batches).toHaveLength(1);
});

test('after a storm nothing waits any more', async () => {
  const { batches, add } = recorder();
  await storm(add, { ms: 200, perMs: 2 });
  await vi.advanceTimersByTimeAsync(300);
  const before = batches.length;
  void add('a', 1, true);
  await vi.advanceTimersByTimeAsync(0);
  expect(batches.length).toBe(before + 1);
});

test('what cannot wait never does, however much comes, and takes along what waits', async () => {
  const { batches, add } = recorder(50);
  await storm(add, { ms: 200, perMs: 1, canWait: false });
  expect(batches).toHaveLength(200);
  await storm(add, { ms: 220, perMs: 1 });
  void add('a', 98);
  await vi.advanceTimersByTimeAsync(0);
  batches.length = 0;
  await storm(add, { ms: 20, perMs: 1 });
  void add('a', 99);
  await vi.advanceTimersByTimeAsync(0);
  expect(batches.at(-1)).toMatch(/ 99$/);
  expect(batches).toHaveLength(1);
});

test('renewals wait for no moment, however many there are', async () => {
  const scripts: string[] = [];
  const commands = {
    async run({ name }: { name: string }, keys: readonly string[]) {
      scripts.push(name);
      return Array.from({ length: keys.length / 5 }, () => ['renewed', '1', '1', 'online', [], [], '0']);
    },
    pipeline: async (lines: readonly (readonly (string | number)[])[]) =>
      lines.map(([name, ...sids]) => (name === 'mget' ? sids.map(() => null) : null)),
    breakerState: () => 'closed' as const,
  };
  const times = { presenceTtlMs: 30_000, sessionTtlMs: 60_000, tokenTtlMs: 60_000, closeGraceMs: 5_000 };
  const guard = { certainUntilMs: async () => 1, beat: async () => undefined };
  const context = createUserContext({ ...times, commands, guard, oneServer: true, keys: createKeys('single') });
  const { renew } = createUserConnections(context);
  for (let batch = 0; batch < 20; batch++) {
    const connections = Array.from({ length: 100 }, (_, n) => {
      const id = `${batch}-${n}`;
      return { userId: id, sid: id, connectionId: id, expiresAtMs: 0 };
    });
    const renewing = renew(connections);
    await vi.advanceTimersByTimeAsync(10);
    expect(scripts).toHaveLength(3 * (batch + 1));
    expect((await renewing).states).toEqual(connections.map(() => 'alive'));
  }
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
