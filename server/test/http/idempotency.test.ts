import { expect, test } from 'vitest';
import { ChatError } from '../../src/service/chat-error.ts';
import { createHttpApp } from '../../src/transport/http/app.ts';
import { BEARER, createFakeUseCases, createHttpDeps, createMemoryIdempotencyStore } from '../support/http-fakes.ts';

const make = (key: string, payload: object = { creatorName: 'a' }, headers: Record<string, string> = {}) => ({
  method: 'POST' as const,
  url: '/api/rooms',
  payload,
  headers: { 'idempotency-key': key, ...headers },
});

async function openApp(overrides: Parameters<typeof createFakeUseCases>[0] = {}) {
  const useCases = createFakeUseCases(overrides);
  return { useCases, app: await createHttpApp(createHttpDeps({ useCases })) };
}

test('the same key with the same body gives the same answer, token included', async () => {
  const { app, useCases } = await openApp();
  const [first, second] = [await app.inject(make('k1')), await app.inject(make('k1'))];
  expect(second.statusCode).toBe(201);
  expect(second.json().data).toEqual(first.json().data);
  expect(useCases.roomsMade).toBe(1);
  await app.close();
});

test('twins that come at once make one room', async () => {
  const { app, useCases } = await openApp();
  const answers = await Promise.all(Array.from({ length: 8 }, () => app.inject(make('k1'))));
  expect(new Set(answers.map((answer) => JSON.stringify(answer.json().data))).size).toBe(1);
  expect(useCases.roomsMade).toBe(1);
  await app.close();
});

test('another key, another caller or no key makes another room', async () => {
  const { app, useCases } = await openApp();
  await app.inject(make('k1'));
  await app.inject(make('k2'));
  await app.inject(make('k1', { creatorName: 'a' }, BEARER));
  await app.inject({ method: 'POST', url: '/api/rooms', payload: { creatorName: 'a' } });
  expect(useCases.roomsMade).toBe(4);
  await app.close();
});

test('another body under the same key is refused', async () => {
  const { app, useCases } = await openApp();
  await app.inject(make('k1'));
  const answer = await app.inject(make('k1', { creatorName: 'b' }));
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error).toMatchObject({
    code: 'VALIDATION_FAILED',
    details: { fields: [{ path: 'Idempotency-Key' }] },
  });
  expect(useCases.roomsMade).toBe(1);
  await app.close();
});

test.each(['with space', 'ü', 'x'.repeat(129)])('the key %j is refused', async (key) => {
  const { app, useCases } = await openApp();
  expect((await app.inject(make(key))).json().error.code).toBe('VALIDATION_FAILED');
  expect(useCases.roomsMade).toBe(0);
  await app.close();
});

test('work that failed gives its key back', async () => {
  let isAway = true;
  const fake = createFakeUseCases();
  const { app } = await openApp({
    createRoom: async (input) => {
      if (isAway) throw new ChatError('SERVICE_UNAVAILABLE');
      return fake.createRoom(input);
    },
  });
  expect((await app.inject(make('k1'))).statusCode).toBe(503);
  isAway = false;
  expect((await app.inject(make('k1'))).statusCode).toBe(201);
  await app.close();
});

test('a room that was made is answered even if its answer could not be kept', async () => {
  const idempotency = {
    ...createMemoryIdempotencyStore(),
    finish: async () => {
      throw new ChatError('SERVICE_UNAVAILABLE');
    },
  };
  const deps = createHttpDeps({ idempotency });
  const app = await createHttpApp(deps);
  expect((await app.inject(make('k1'))).statusCode).toBe(201);
  expect(deps.reports.map(({ stage }) => stage)).toEqual(['idempotency']);
  await app.close();
});

test('a request without a key never asks the store', async () => {
  const broken = async () => {
    throw new Error('not to be asked');
  };
  const app = await createHttpApp(createHttpDeps({ idempotency: { begin: broken, finish: broken, abandon: broken } }));
  const answer = await app.inject({ method: 'POST', url: '/api/rooms', payload: { creatorName: 'a' } });
  expect(answer.statusCode).toBe(201);
  await app.close();
});
