import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFlusher } from '../../src/fanout/flush.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

let nowMs = 0;
const log: string[] = [];

function open(windowMs = 10) {
  nowMs = 1_000;
  log.length = 0;
  const flusher = createFlusher(windowMs, () => nowMs);
  const room = (name: string) => ({
    lastFlushMs: Number.NEGATIVE_INFINITY,
    flush: () => void log.push(`${name}@${nowMs}`),
  });
  return { flusher, room };
}

async function pass(ms: number): Promise<void> {
  nowMs += ms;
  await vi.advanceTimersByTimeAsync(ms);
}

test('a quiet room is flushed at once, after what came in the same turn', async () => {
  const { flusher, room } = open();
  flusher.schedule(room('a'));
  expect(log).toEqual([]);
  await pass(0);
  expect(log).toEqual(['a@1000']);
});

test('a room that was flushed within the window waits for the rest of it', async () => {
  const { flusher, room } = open();
  const busy = room('busy');
  flusher.schedule(busy);
  await pass(0);
  await pass(3);
  flusher.schedule(busy);
  await pass(6);
  expect(log).toEqual(['busy@1000']);
  await pass(1);
  expect(log).toEqual(['busy@1000', 'busy@1010']);
});

test('rooms that were flushed together are flushed together again, and a quiet room does not wait for them', async () => {
  const { flusher, room } = open();
  const [a, b] = [room('a'), room('b')];
  flusher.schedule(a);
  flusher.schedule(b);
  await pass(0);
  await pass(2);
  flusher.schedule(a);
  await pass(4);
  flusher.schedule(b);
  flusher.schedule(room('quiet'));
  await pass(0);
  expect(log).toEqual(['a@1000', 'b@1000', 'quiet@1006']);
  await pass(4);
  expect(log.slice(3)).toEqual(['a@1010', 'b@1010']);
  expect(vi.getTimerCount()).toBe(0);
});

test('a room that is due later is not flushed with one that is due now', async () => {
  const { flusher, room } = open();
  const [early, late] = [room('early'), room('late')];
  flusher.schedule(early);
  await pass(0);
  await pass(4);
  flusher.schedule(late);
  await pass(0);
  flusher.schedule(early);
  flusher.schedule(late);
  await pass(6);
  expect(log).toEqual(['early@1000', 'late@1004', 'early@1010']);
  await pass(4);
  expect(log.slice(3)).toEqual(['late@1014']);
});

test('without a window every room is flushed at once', async () => {
  const { flusher, room } = open(0);
  const busy = room('busy');
  for (let i = 0; i < 3; i++) {
    flusher.schedule(busy);
    await pass(0);
  }
  expect(log).toHaveLength(3);
});

test('a closed flusher leaves no timer behind', async () => {
  const { flusher, room } = open();
  const busy = room('busy');
  flusher.schedule(busy);
  await pass(0);
  flusher.schedule(busy);
  flusher.close();
  expect(vi.getTimerCount()).toBe(0);
});
