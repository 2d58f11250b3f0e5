import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatError } from '../../src/service/chat-error.ts';
import { createHttpApp } from '../../src/transport/http/app.ts';
import { BEARER, createFakeUseCases, createHttpDeps, ROOM_ID, SETTINGS } from '../support/http-fakes.ts';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const JSON_TYPE = { 'content-type': 'application/json' };

describe('every answer under /api has the envelope', () => {
  let app: FastifyInstance;
  beforeAll(async () => {
    app = await createHttpApp(createHttpDeps());
  });
  afterAll(() => app.close());

  test('a write says so in a sentence, a read says nothing', async () => {
    const write = await app.inject({ method: 'POST', url: '/api/rooms', payload: { creatorName: '테스터' } });
    expect(write.statusCode).toBe(201);
    expect(write.json()).toMatchObject({ success: true, message: '채팅방이 생성되었습니다', error: null });
    expect(write.json().timestamp).toMatch(ISO);
    const read = await app.inject(`/api/rooms/${ROOM_ID}`);
    expect(read.json()).toMatchObject({ success: true, message: null, error: null });
  });

  test.each([
    ['en-GB,en;q=0.9', 'en', ['The room was created', 'There is nothing at this address']],
    ['ja', 'ja', ['部屋を作成しました', 'このアドレスには何もありません']],
    ['fr', 'ko', ['채팅방이 생성되었습니다', '찾을 수 없는 주소입니다']],
  ] as const)('texts follow Accept-Language %s', async (header, language, [created, missing]) => {
    const headers = { 'accept-language': header };
    const write = await app.inject({ method: 'POST', url: '/api/rooms', headers, payload: { creatorName: 'a' } });
    expect(write.json().message).toBe(created);
    expect(write.headers).toMatchObject({ 'content-language': language, vary: 'Accept-Language' });
    const unknown = await app.inject({ url: '/api/nowhere', headers });
    expect(unknown.json().error.message).toBe(missing);
    expect(unknown.headers['content-language']).toBe(language);
  });

  test.each(['/api', '/api/', '/api/nowhere', `/api/rooms/${ROOM_ID}/nothing`, '/api/sessions/you'])(
    'an unknown address %s is NOT_FOUND',
    async (url) => {
      for (const method of ['GET', 'POST', 'DELETE'] as const) {
        const answer = await app.inject({ method, url, payload: '<xml/>', headers: { 'content-type': 'text/xml' } });
        expect(answer.statusCode).toBe(404);
        expect(answer.json()).toMatchObject({
          success: false,
          data: null,
          message: null,
          error: { code: 'NOT_FOUND' },
        });
      }
    },
  );

  test.each([
    ['PUT', '/api/rooms', 'POST'],
    ['GET', '/api/rooms', 'POST'],
    ['OPTIONS', '/api/rooms', 'POST'],
    ['TRACE', '/api/rooms', 'POST'],
    ['DELETE', `/api/rooms/${ROOM_ID}`, 'GET, HEAD'],
    ['PATCH', `/api/rooms/${ROOM_ID}/messages?limit=1`, 'GET, HEAD, POST'],
    ['GET', '/api/sessions', 'DELETE, POST'],
    ['POST', '/api/sessions/me', 'GET, HEAD'],
    ['POST', '/api/errors', 'GET, HEAD'],
  ] as const)('%s %s is METHOD_NOT_ALLOWED and names what is', async (method, url, allow) => {
    const answer = await app.inject({ method, url });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe(allow);
    expect(answer.json().error.code).toBe('METHOD_NOT_ALLOWED');
  });

  test('every answer carries a trace id and may not be cached', async () => {
    const [one, other] = [await app.inject('/api/nowhere'), await app.inject(`/api/rooms/${ROOM_ID}`)];
    expect(one.headers['x-trace-id']).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
    expect(one.headers['x-trace-id']).not.toBe(other.headers['x-trace-id']);
    expect(other.headers['cache-control']).toBe('no-store');
  });

  test('the trace id of a trusted proxy is kept, that of anybody else is not', async () => {
    const ask = { url: '/api/errors', headers: { 'x-request-id': 'from-the-proxy-1' } };
    const trusting = await createHttpApp(createHttpDeps({ settings: { ...SETTINGS, TRUSTED_PROXIES: '127.0.0.1' } }));
    expect((await trusting.inject(ask)).headers['x-trace-id']).toBe('from-the-proxy-1');
    expect((await app.inject(ask)).headers['x-trace-id']).not.toBe('from-the-proxy-1');
    await trusting.close();
  });

  test('browsers are told what the page may do, and no origin but ours is let in', async () => {
    const answer = await app.inject({ url: '/api/errors', headers: { origin: 'https://elsewhere.example' } });
    expect(answer.headers['content-security-policy']).toContain("default-src 'self'");
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('what goes wrong inside', () => {
  test('an expected error keeps its code, its status and when to try again', async () => {
    const useCases = createFakeUseCases({
      describeRoom: async () => {
        throw new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 1_500 });
      },
    });
    const deps = createHttpDeps({ useCases });
    const app = await createHttpApp(deps);
    const answer = await app.inject(`/api/rooms/${ROOM_ID}`);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.json().error).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      details: { retryable: true, retryAfterMs: 1_500 },
    });
    expect(deps.reports).toEqual([]);
    await app.close();
  });

  test('a defect is told by its trace id alone and reported under it', async () => {
    const useCases = createFakeUseCases({
      describeRoom: async () => {
        throw new TypeError('secret of the house');
      },
    });
    const deps = createHttpDeps({ useCases });
    const app = await createHttpApp(deps);
    const answer = await app.inject(`/api/rooms/${ROOM_ID}`);
    const traceId = answer.headers['x-trace-id'];
    expect(answer.statusCode).toBe(500);
    expect(answer.json().error).toMatchObject({ code: 'INTERNAL', details: { traceId, retryable: true } });
    expect(answer.body).not.toContain('secret');
    expect(deps.reports).toMatchObject([{ stage: 'request', error: { traceId } }]);
    await app.close();
  });

  test('an answer that does not fit its schema is a defect, not a leak', async () => {
    const useCases = createFakeUseCases({
      describeSession: async () => JSON.parse('{"userId":"a"}'),
    });
    const deps = createHttpDeps({ useCases });
    const app = await createHttpApp(deps);
    const answer = await app.inject({ url: '/api/sessions/me', headers: { ...BEARER, ...JSON_TYPE } });
    expect(answer.json().error.code).toBe('INTERNAL');
    await app.close();
  });

  test('an overloaded node says so, but still shows its health', async () => {
    const app = await createHttpApp(createHttpDeps({ isOverloaded: () => true }));
    const answer = await app.inject('/api/errors');
    expect(answer.statusCode).toBe(503);
    expect(answer.json().error.code).toBe('OVERLOADED');
    expect(answer.headers['retry-after']).toBe('2');
    expect((await app.inject('/health/live')).statusCode).toBe(200);
    await app.close();
  });
});
