/** A sweep finishes what is due: effects first, the hint last. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Periodic } from '../../src/presence/periodic.ts';
import { createSweeper } from '../../src/presence/sweeper.ts';
import { ChatError } from '../../src/service/chat-error.ts';
import type { DueHint, PendingEffect } from '../../src/service/ports.ts';

const effectOf = (userId: string): PendingEffect => ({
  roomId: 'room0001',
  stamp: { userId, revision: 1, timeMs: 0, status: 'offline' },
  leave: null,
});

describe('a sweeper', () => {
  let due: DueHint[];
  let next: (userId: string) => number | null;
  let log: string[];
  let swept: [users: number, effects: number][];
  let reported: string[];
  let failing: Set<string>;
  let sweeper: Periodic;
  beforeEach(() => {
    vi.useFakeTimers();
    [due, log, swept, reported, failing, next] = [[], [], [], [], new Set(), () => 0];
    sweeper = createSweeper({
      sessions: {
        due: async (limit) => due.splice(0, limit),
        async lapse(userIds) {
          log.push(`lapse ${userIds.length}`);
          if (failing.has('redis')) throw new ChatError('SERVICE_UNAVAILABLE');
          return { pending: userIds.map(effectOf), nextMs: userIds.map(next) };
        },
        async reschedule(hints) {
          log.push(`reschedule ${hints.map(({ userId, nextMs }) => `${userId}@${nextMs}`).join(' ')}`);
        },
      },
      effects: {
        async apply(pending) {
          log.push(`apply ${pending.length}`);
          return { failed: failing };
        },
      },
      failures: { report: (stage) => void reported.push(stage) },
      intervalMs: 1_000,
      onSwept: (users, effects) => void swept.push([users, effects]),
    });
    sweeper.start();
  });
  afterEach(async () => {
    await sweeper.close();
    vi.useRealTimers();
  });

  it('looks, applies, and only then moves the hint', async () => {
    due = [{ userId: 'user1', score: 1 }];
    next = () => 5_000;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(log).toEqual(['lapse 1', 'apply 1', 'reschedule user1@5000']);
    expect(swept).toEqual([[1, 1]]);
  });

  it('leaves the hint of a user whose effects failed, or about whom nothing could be decided', async () => {
    due = ['user1', 'user2', 'user3'].map((userId) => ({ userId, score: 1 }));
    failing = new Set(['user1']);
    next = (userId) => (userId === 'user2' ? null : 0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(log.at(-1)).toBe('reschedule user3@0');
  });

  it('goes on at once while much is due', async () => {
    due = Array.from({ length: 450 }, (_, i) => ({ userId: `user${i}`, score: 1 }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(log.filter((line) => line.startsWith('lapse'))).toEqual(['lapse 200', 'lapse 200', 'lapse 50']);
  });

  it('reports an absence of Redis and goes on', async () => {
    failing = new Set(['redis']);
    due = [{ userId: 'user1', score: 1 }];
    await vi.advanceTimersByTimeAsync(1_000);
    expect(reported).toEqual(['presence.sweeper']);
    failing = new Set();
    due = [{ userId: 'user1', score: 1 }];
    await vi.advanceTimersByTimeAsync(1_000);
    expect(log.at(-1)).toBe('reschedule user1@0');
  });

  it('stops when closed', async () => {
    await sweeper.close();
    due = [{ userId: 'user1', score: 1 }];
    await vi.advanceTimersByTimeAsync(5_000);
    expect(log).toEqual([]);
  });
});
