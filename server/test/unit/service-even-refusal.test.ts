import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChatError } from '../../src/service/chat-error.ts';
import { refuseEvenly } from '../../src/service/even-refusal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function refusedAfterMs(code: 'ROOM_NOT_FOUND' | 'FORBIDDEN', workMs: number): Promise<number> {
  const startMs = performance.now();
  vi.advanceTimersByTime(workMs);
  const refused = refuseEvenly(new ChatError(code), startMs).catch(() => performance.now() - startMs);
  await vi.runAllTimersAsync();
  return Number(await refused);
}

test('a room that is not there and one that is hidden are refused after the same time, whatever it took to know', async () => {
  expect(await refusedAfterMs('ROOM_NOT_FOUND', 1)).toBe(30);
  expect(await refusedAfterMs('ROOM_NOT_FOUND', 12)).toBe(30);
  expect(await refusedAfterMs('ROOM_NOT_FOUND', 45)).toBe(45);
});

test('other refusals do not wait', async () => {
  expect(await refusedAfterMs('FORBIDDEN', 1)).toBe(1);
});
