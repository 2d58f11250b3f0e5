/** Connections of a node are kept alive; whatever Redis does, the loop goes on. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRenewals, type Renewals } from '../../src/presence/renewals.ts';
import { ChatError } from '../../src/service/chat-error.ts';
import type { OpenConnection } from '../../src/service/ports.ts';

const INTERVAL_MS = 10_000;
const connection = (i: number): OpenConnection => ({
  userId: `user${i}`,
  sid: `sid-${i}`,
  expiresAtMs: 0,
  connectionId: `c${i}`,
});

describe('renewals', () => {
  let renewed: { atMs: number; ids: string[] }[];
  let answer: (ids: string[]) => ('alive' | 'lost')[];
  let reported: unknown[];
  let renewals: Renewals;
  beforeEach(() => {
    vi.useFakeTimers();
    renewed = [];
    reported = [];
    answer = (ids) => ids.map(() => 'alive');
    renewals = createRenewals({
      sessions: {
        async renew(connections) {
          const ids = connections.map(({ connectionId }) => connectionId);
          renewed.push({ atMs: performance.now(), ids });
          return { states: answer(ids), pending: [] };
        },
      },
      effects: { apply: async () => ({ failed: new Set() }) },
      failures: { report: (_stage, error) => void reported.push(error) },
      clock: { monotonicMs: () => performance.now() },
      intervalMs: INTERVAL_MS,
    });
    renewals.start();
  });
  afterEach(async () => {
    await renewals.close();
    vi.useRealTimers();
  });

  const timesOf = (id: string) => renewed.filter(({ ids }) => ids.includes(id)).map(({ atMs }) => atMs);

  it('come at least once an interval for every connection', async () => {
    const start = performance.now();
    for (let i = 0; i < 20; i++) renewals.track(connection(i), { end: () => undefined });
    await vi.advanceTimersByTimeAsync(60_000);
    for (let i = 0; i < 20; i++) {
      const times = [start, ...timesOf(`c${i}`)];
      const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(INTERVAL_MS);
      expect(times.length).toBeLessThanOrEqual(10);
    }
  });

  it('travel in batches of at most 100', async () => {
    for (let i = 0; i < 950; i++) renewals.track(connection(i), { end: () => undefined });
    await vi.advanceTimersByTimeAsync(INTERVAL_MS);
    expect(Math.max(...renewed.map(({ ids }) => ids.length))).toBeLessThanOrEqual(100);
    expect(new Set(renewed.flatMap(({ ids }) => ids)).size).toBe(950);
    expect(renewed.length).toBeLessThanOrEqual(25);
  });

  it('tell a lost connection once and then leave it alone', async () => {
    const onLost = vi.fn();
    renewals.track(connection(1), { end: onLost });
    answer = (ids) => ids.map(() => 'lost');
    await vi.advanceTimersByTimeAsync(5 * INTERVAL_MS);
    expect(onLost).toHaveBeenCalledTimes(1);
    expect(renewed).toHaveLength(1);
  });

  it('leave a connection that has ended alone', async () => {
    const onLost = vi.fn();
    renewals.track(connection(1), { end: onLost });
    renewals.untrack(connection(1));
    renewals.untrack(connection(1));
    await vi.advanceTimersByTimeAsync(2 * INTERVAL_MS);
    expect(renewed).toEqual([]);
    expect(onLost).not.toHaveBeenCalled();
  });

  it('are tried again at the next tick while Redis is away, and lose nobody', async () => {
    const onLost = vi.fn();
    renewals.track(connection(1), { end: onLost });
    answer = () => {
      throw new ChatError('SERVICE_UNAVAILABLE');
    };
    await vi.advanceTimersByTimeAsync(3 * INTERVAL_MS);
    const tries = renewed.length;
    expect(tries).toBeGreaterThan(8);
    expect(reported).toHaveLength(tries);
    answer = (ids) => ids.map(() => 'alive');
    await vi.advanceTimersByTimeAsync(INTERVAL_MS / 4);
    expect(reported).toHaveLength(tries);
    expect(renewed.length).toBe(tries + 1);
    expect(onLost).not.toHaveBeenCalled();
  });

  it('stop when closed', async () => {
    renewals.track(connection(1), { end: () => undefined });
    await renewals.close();
    await vi.advanceTimersByTimeAsync(3 * INTERVAL_MS);
    expect(renewed).toEqual([]);
  });
});
