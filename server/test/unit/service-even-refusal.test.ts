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
  for (const workMs of [0, 1, 12, 299, 300]) expect(await refusedAfterMs('ROOM_NOT_FOUND', workMs)).toBe(300);
});

test('where the node is late, a refusal comes at the next multiple of that time', async () => {
  for (const workMs of [301, 450, 600]) expect(await refusedAfterMs('ROOM_NOT_FOUND', workMs)).toBe(600);
});

test('other refusals do not wait', async () => {
  expect(await refusedAfterMs('FORBIDDEN', 1)).toBe(1);
});
