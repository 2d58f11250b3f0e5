import { expect, test } from 'vitest';
import { createEntrance } from '../../src/model/entrance.ts';
import { createForgetfulStore } from '../../src/model/keep.ts';
import { createPreferences } from '../../src/model/preferences.ts';
import { fieldProblem, textOfFailure } from '../../src/model/problem.ts';
import { createSession } from '../../src/model/session.ts';
import { createRestClient } from '../../src/net/client.ts';
import type { Fetch } from '../../src/net/platform.ts';
import { FakeClock } from '../net/support/fake-clock.ts';

const created = { roomId: 'abc12345', userId: '홍길동', token: 'eyJ.a.b', inviteUrl: 'http://x/r/abc12345' };
const answer = (status: number, body: unknown) => async () => ({ status, json: async () => body });
const refused = (status: number, code: string, details = {}) =>
  answer(status, { success: false, error: { code, message: '서버의 말', hint: null, details } });
const wish = { name: '홍길동', title: '', isPrivate: false };

function setUp(...answers: (() => Promise<{ status: number; json(): Promise<unknown> }>)[]) {
  const clock = new FakeClock();
  const bodies: unknown[] = [];
  const tokens: (string | undefined)[] = [];
  const fetch: Fetch = (_url, { headers, body }) => {
    bodies.push(JSON.parse(body ?? 'null'));
    tokens.push(headers.Authorization);
    return answers[bodies.length - 1]?.() ?? new Promise(() => undefined);
  };
  const store = createForgetfulStore();
  const session = createSession(store);
  const rest = createRestClient({ url: 'http://x', fetch, clock, random: () => 0.5 });
  const entrance = createEntrance({ rest, session, preferences: createPreferences(store, ['ko']) });
  return { clock, bodies, tokens, session, entrance };
}

test('a name is all it takes; title and secrecy are sent only where they were wished for', async () => {
  const { entrance, bodies } = setUp(
    answer(201, { success: true, data: created }),
    answer(201, { success: true, data: created }),
  );
  await expect(entrance.createRoom(wish)).resolves.toEqual(created);
  await entrance.createRoom({ name: '', title: '등산', isPrivate: true });
  expect(bodies).toEqual([{ creatorName: '홍길동' }, { title: '등산', private: true }]);
});

test('while the server cannot be reached the form shows when it is tried again, and one can try at once', async () => {
  const { entrance, bodies, clock } = setUp(
    () => Promise.reject(new Error('network')),
    answer(201, { success: true, data: created }),
  );
  const making = entrance.createRoom(wish);
  await clock.advance(0);
  const { value } = entrance.attempt;
  const wait = value.status === 'busy' ? value.wait : null;
  expect(wait?.retryAtMs).toBe(clock.now() + 500);
  expect(wait?.error.code).toBe('CONNECTION_LOST');
  wait?.now();
  await expect(making).resolves.toEqual(created);
  expect(bodies).toHaveLength(2);
  expect(entrance.attempt.value).toEqual({ status: 'idle' });
});

test('a session that has ended meanwhile does not keep anybody from making a room', async () => {
  const { entrance, session, tokens } = setUp(
    refused(401, 'SESSION_EXPIRED'),
    answer(201, { success: true, data: created }),
  );
  session.begin({ token: 'eyJ.o.ld', userId: '홍길동' });
  await expect(entrance.createRoom(wish)).resolves.toEqual(created);
  expect(tokens).toEqual(['Bearer eyJ.o.ld', undefined]);
});

test('what the server refuses is told with the field it is about, and forgotten when one writes on', async () => {
  const fields = [{ path: 'title', message: '제목이 너무 길어요' }];
  const { entrance } = setUp(refused(400, 'VALIDATION_FAILED', { fields }));
  await expect(entrance.createRoom(wish)).resolves.toBeNull();
  const { value } = entrance.attempt;
  const error = value.status === 'failed' ? value.problem.error : null;
  expect(error && [fieldProblem(error, 'title'), fieldProblem(error, 'creatorName')]).toEqual([
    '제목이 너무 길어요',
    null,
  ]);
  entrance.reset();
  expect(entrance.attempt.value).toEqual({ status: 'idle' });
});

test('a second press while the first is on its way makes no second room', async () => {
  const { entrance, bodies } = setUp();
  void entrance.createRoom(wish);
  await expect(entrance.createRoom(wish)).resolves.toBeNull();
  expect(bodies).toHaveLength(1);
});

test('words of the catalogue are shown in the reader’s language, words of an operator as they are', () => {
  const { texts } = createPreferences(createForgetfulStore(), ['ko']);
  const reader = { language: 'ko', texts: texts.value } as const;
  const failure = (message: string) => ({ code: 'MESSAGE_TOO_LONG', message, retryable: false }) as const;
  expect(textOfFailure(failure('The message is too long'), reader).message).not.toContain('The');
  expect(textOfFailure(failure('운영자가 고친 말'), reader).message).toBe('운영자가 고친 말');
});
