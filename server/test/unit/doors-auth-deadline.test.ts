/** Strangers are closed in time; who showed a token that could not be checked is asked about again instead. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatError } from '../../src/service/chat-error.ts';
import type { Peer, PeerSession } from '../../src/service/gateway.ts';
import { type AuthDeadline, createAuthDeadline } from '../../src/transport/auth-deadline.ts';

const DEADLINE_MS = 10_000;
const LATEST_MS = 13_000;

describe('the deadline of authentication', () => {
  let reported: unknown[];
  let deadline: AuthDeadline;
  beforeEach(() => {
    vi.useFakeTimers();
    reported = [];
    deadline = createAuthDeadline(DEADLINE_MS, { report: (_stage, error) => void reported.push(error) });
  });
  afterEach(() => {
    deadline.close();
    vi.useRealTimers();
  });

  /** Somebody who comes in now, with what the service knows of them. */
  function arrive(state: { isKnown?: boolean; isWaiting?: boolean } = {}) {
    const told: string[] = [];
    const peer = {
      emit: (event: string, { code }: { code: string }) => told.push(`${event} ${code}`),
      close: (reason: string) => told.push(`close ${reason}`),
    } as unknown as Peer;
    const session = {
      isAuthenticated: () => state.isKnown === true,
      isWaiting: () => state.isWaiting === true,
      askAgain: () => void told.push('asked again'),
      refusal: (error: ChatError) => ({ code: error.code }),
    } as unknown as PeerSession;
    deadline.watch(peer, session, performance.now());
    return { state, told, peer };
  }

  it('closes a stranger between 10 and 13 s, once, saying why', async () => {
    const { told } = arrive();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS - 1);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(LATEST_MS - DEADLINE_MS);
    expect(told).toEqual(['error UNAUTHORIZED', 'close AUTH_TIMEOUT']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toHaveLength(2);
  });

  it('leaves who has proved to be somebody, and who has ended', async () => {
    const known = arrive({ isKnown: true });
    const gone = arrive();
    deadline.forget(gone.peer);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([known.told, gone.told]).toEqual([[], []]);
  });

  it('asks again about a token that waits, from the deadline on, until there is a verdict', async () => {
    const { told, state } = arrive({ isWaiting: true });
    await vi.advanceTimersByTimeAsync(DEADLINE_MS - 1);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(told.length).toBeGreaterThanOrEqual(4);
    expect(new Set(told)).toEqual(new Set(['asked again']));
    state.isKnown = true;
    const asked = told.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toHaveLength(asked);
  });

  it('closes a stranger whose token turned out to be none', async () => {
    const { told, state } = arrive({ isWaiting: true });
    await vi.advanceTimersByTimeAsync(DEADLINE_MS + 1_000);
    state.isWaiting = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told.slice(-2)).toEqual(['error UNAUTHORIZED', 'close AUTH_TIMEOUT']);
  });

  it('goes on for the others when one of them throws', async () => {
    const broken = arrive();
    broken.peer.emit = () => {
      throw new Error('defect');
    };
    await vi.advanceTimersByTimeAsync(DEADLINE_MS + 1_000);
    const { told } = arrive();
    await vi.advanceTimersByTimeAsync(LATEST_MS);
    expect(told).toEqual(['error UNAUTHORIZED', 'close AUTH_TIMEOUT']);
    expect(reported.length).toBeGreaterThan(0);
  });
});
