import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttpApp } from '../../src/transport/http/app.ts';
import { BEARER, createFakeUseCases, createHttpDeps, ROOM_ID, TOKEN } from '../support/http-fakes.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const NESTED = '['.repeat(5_000) + ']'.repeat(5_000);
const MESSAGES = `/api/rooms/${ROOM_ID}/messages`;

let app: FastifyInstance;
const useCases = createFakeUseCases();
beforeAll(async () => {
  app = await createHttpApp(createHttpDeps({ useCases }));
});
afterAll(() => app.close());

async function expectRefused(options: InjectOptions, code: string, fields?: string[]): Promise<void> {
  const answer = await app.inject(options);
  const body = answer.json();
  expect(body).toMatchObject({ success: false, data: null, message: null, error: { code } });
  if (fields) expect(body.error.details.fields.map((field: { path: string }) => field.path)).toEqual(fields);
  expect(useCases.roomsMade).toBe(0);
  expect((await app.inject('/health/live')).statusCode).toBe(200);
}

describe('a body that cannot be taken is VALIDATION_FAILED', () => {
  test.each([
    ['broken JSON', '{"creatorName":'],
    ['null', 'null'],
    ['a number', '1'],
    ['an array', '[]'],
    ['nothing', ''],
    ['5 000 arrays in each other', NESTED],
    ['5 000 arrays in a field', `{"creatorName":${NESTED}}`],
    ['a prototype', '{"creatorName":"a","__proto__":{"isAdmin":true}}'],
    ['a constructor', '{"creatorName":"a","constructor":{"prototype":{"isAdmin":true}}}'],
    ['bytes', '\u0000\u0001\u0002'],
  ])('%s', async (_name, payload) => {
    await expectRefused({ method: 'POST', url: '/api/rooms', headers: JSON_TYPE, payload }, 'VALIDATION_FAILED');
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'nonsense'])(
    'of the type %s',
    async (type) => {
      const headers = { 'content-type': type };
      await expectRefused({ method: 'POST', url: '/api/rooms', headers, payload: 'a=1' }, 'VALIDATION_FAILED');
    },
  );
});

test('each field that is wrong is named, once', async () => {
  const payload = { creatorName: 7, title: {}, private: 'yes', admin: true };
  const url = '/api/rooms';
  await expectRefused({ method: 'POST', url, payload }, 'VALIDATION_FAILED', [
    'admin',
    'creatorName',
    'title',
    'private',
  ]);
  await expectRefused({ method: 'POST', url, payload: {} }, 'VALIDATION_FAILED', ['creatorName']);
  await expectRefused({ method: 'POST', url: '/api/sessions', payload: {} }, 'VALIDATION_FAILED', ['name']);
});

test('what is wrong with a field is told in the language of the caller', async () => {
  const ask = { method: 'POST', url: '/api/sessions', payload: { name: 1 } } as const;
  const korean = (await app.inject(ask)).json();
  const english = (await app.inject({ ...ask, headers: { 'accept-language': 'en' } })).json();
  expect(korean.error.details.fields).toEqual([{ path: 'name', message: '값의 종류가 올바르지 않습니다' }]);
  expect(english.error.details.fields).toEqual([{ path: 'name', message: 'has the wrong type' }]);
});

test('a thousand unknown fields do not make a long answer', async () => {
  const payload = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`${'x'.repeat(30)}${i}`, 1]));
  const answer = await app.inject({ method: 'POST', url: '/api/rooms', payload });
  expect(answer.json().error.code).toBe('VALIDATION_FAILED');
  expect(answer.body.length).toBeLessThan(3_000);
});

test.each([
  'ab:12345',
  'abc*2345',
  '{bc12345',
  'ABC12345',
  'abc1234',
  'abc%0012345',
  '%ED%95%9C',
  `${'a'.repeat(99)}`,
  '%zz',
])('the room id %s is VALIDATION_FAILED on every route', async (roomId) => {
  for (const path of ['', '/messages']) {
    await expectRefused({ url: `/api/rooms/${roomId}${path}`, headers: BEARER }, 'VALIDATION_FAILED');
  }
  const url = `/api/rooms/${roomId}/messages`;
  await expectRefused({ method: 'POST', url, headers: BEARER, payload: { text: 'a' } }, 'VALIDATION_FAILED');
});

test.each(['limit=0', 'limit=101', 'limit=1.5', 'limit=ten', 'limit=1&limit=2', 'before=a%20b', 'after=', 'around=1'])(
  'the query %s is VALIDATION_FAILED',
  async (query) => expectRefused({ url: `${MESSAGES}?${query}`, headers: BEARER }, 'VALIDATION_FAILED'),
);

test.each([
  { text: '' },
  { text: null },
  {},
  { text: 'a', clientMsgId: 'ü' },
  { text: 'a', clientMsgId: 'x'.repeat(65) },
])('the message %j is VALIDATION_FAILED', async (payload) =>
  expectRefused({ method: 'POST', url: MESSAGES, headers: BEARER, payload }, 'VALIDATION_FAILED'),
);

test.each([
  undefined,
  '',
  'Bearer',
  'Bearer ',
  'Basic dTpw',
  'Bearer user2',
  `Bearer ${TOKEN} more`,
  `Bearer ${TOKEN}forged`,
  `Bearer eyJ${'a'.repeat(5_000)}.b.c`,
])('the authorization %s is UNAUTHORIZED', async (authorization) => {
  const headers = authorization === undefined ? {} : { authorization };
  await expectRefused({ url: '/api/sessions/me', headers }, 'UNAUTHORIZED');
  expect((await app.inject({ url: '/api/sessions/me', headers })).headers['www-authenticate']).toBe('Bearer');
});

test('a token that is no good is refused also where none is needed', async () => {
  const headers = { authorization: 'Bearer eyJ.no.good' };
  await expectRefused({ url: `/api/rooms/${ROOM_ID}`, headers }, 'UNAUTHORIZED');
  await expectRefused({ method: 'POST', url: '/api/rooms', headers, payload: { creatorName: 'a' } }, 'UNAUTHORIZED');
});

test('a body over 64 KiB is PAYLOAD_TOO_LARGE, one byte less is read', async () => {
  const sized = (bytes: number) => JSON.stringify({ text: 'a'.repeat(bytes - '{"text":""}'.length) });
  const post = (payload: string) => ({
    method: 'POST' as const,
    url: MESSAGES,
    headers: { ...BEARER, ...JSON_TYPE },
    payload,
  });
  await expectRefused(post(sized(64 * 1024 + 1)), 'PAYLOAD_TOO_LARGE');
  expect((await app.inject(post(sized(64 * 1024)))).statusCode).toBe(201);
});

test('a room that does not exist is ROOM_NOT_FOUND', async () => {
  await expectRefused({ url: '/api/rooms/zzzzzzzz' }, 'ROOM_NOT_FOUND');
});
