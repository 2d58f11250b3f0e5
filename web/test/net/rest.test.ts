import { expect, test } from 'vitest';
import type { Fetch } from '../../src/net/platform.ts';
import { createRestClient } from '../../src/net/rest.ts';
import { FakeClock } from './support/fake-clock.ts';

const created = { roomId: 'abc12345', userId: '홍길동', token: 'eyJ.a.b', inviteUrl: 'http://x/r/abc12345' };

function setUp(answers: (() => Promise<{ status: number; json(): Promise<unknown> }>)[]) {
  const clock = new FakeClock();
  const calls: Parameters<Fetch>[] = [];
  const fetch: Fetch = (...call) => {
    calls.push(call);
    return answers[calls.length - 1]?.() ?? new Promise(() => undefined);
  };
  return { clock, calls, rest: createRestClient({ url: 'http://x', fetch, clock, random: () => 0.5 }) };
}

const answer = (status: number, body: unknown) => async () => ({ status, json: async () => body });

test('a room is made once, however often the call must be repeated', async () => {
  const { rest, calls, clock } = setUp([
    () => Promise.reject(new Error('network')),
    answer(503, {
      success: false,
      error: { code: 'OVERLOADED', message: '', details: { retryable: true, retryAfterMs: 500 } },
    }),
    answer(201, { success: true, data: created }),
  ]);
  const making = rest.createRoom('홍길동', { locale: 'ko', token: 'eyJ.c.d' });
  await clock.advance(5_000);
  await expect(making).resolves.toEqual(created);
  const keys = calls.map(([, { headers }]) => headers['Idempotency-Key']);
  expect(new Set(keys).size).toBe(1);
  expect(calls).toHaveLength(3);
  expect(calls[0]?.[1].headers).toMatchObject({ 'Accept-Language': 'ko', Authorization: 'Bearer eyJ.c.d' });
});

test('an error that does not pass is told at once, in the server’s words', async () => {
  const error = { code: 'VALIDATION_FAILED', message: '입력한 내용이 올바르지 않습니다', hint: null, details: {} };
  const { rest } = setUp([answer(400, { success: false, error })]);
  await expect(rest.createRoom('!')).rejects.toMatchObject({
    failure: { code: 'VALIDATION_FAILED', message: error.message },
  });
});

test('a server that never answers is given up at the deadline', async () => {
  const { rest, clock } = setUp([]);
  const making = rest.createRoom('홍길동', { deadlineMs: 2_000 });
  const outcome = expect(making).rejects.toThrow('TIMEOUT');
  await clock.advance(2_000);
  await outcome;
});

test('who one is and the way out are asked for with the token', async () => {
  const room = { roomId: 'abc12345', title: null, seq: 5, readSeq: 3, memberCount: 2 };
  const { rest, calls } = setUp([
    answer(200, { success: true, data: { userId: '홍길동', expiresAt: '', rooms: [room, { title: 'no id' }] } }),
    answer(200, { success: true, data: {} }),
  ]);
  const token = 'eyJ.a.b';
  await expect(rest.me({ token })).resolves.toEqual({ userId: '홍길동', rooms: [room] });
  await expect(rest.logOut({ token })).resolves.toBeUndefined();
  expect(calls.map(([url, { method }]) => `${method} ${url}`)).toEqual([
    'GET http://x/api/sessions/me',
    'DELETE http://x/api/sessions',
  ]);
  for (const [, { headers }] of calls) expect(headers.Authorization).toBe('Bearer eyJ.a.b');
});

test('an answer of another shape is no answer', async () => {
  const { rest } = setUp([answer(200, { success: true, data: { userId: '홍길동' } })]);
  await expect(rest.me({ token: 'eyJ.a.b' })).rejects.toMatchObject({ failure: { code: 'PROTOCOL_ERROR' } });
});
