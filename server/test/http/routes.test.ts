import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { ERRORS } from '../../src/protocol/index.ts';
import { createHttpApp } from '../../src/transport/http/app.ts';
import {
  BEARER,
  createFakeUseCases,
  createHttpDeps,
  IDENTITY,
  ROOM_ID,
  SETTINGS,
  TOKEN,
} from '../support/http-fakes.ts';

const MESSAGES = `/api/rooms/${ROOM_ID}/messages`;
const POSITION = 'e1.0123abcd-7';

describe('messages', () => {
  test('a page is asked for as the query says', async () => {
    const useCases = createFakeUseCases();
    const readHistory = vi.spyOn(useCases, 'readHistory');
    const app = await createHttpApp(createHttpDeps({ useCases }));
    await app.inject({ url: `${MESSAGES}?before=${POSITION}&limit=20`, headers: BEARER });
    expect(readHistory).toHaveBeenCalledWith(IDENTITY, { roomId: ROOM_ID, before: POSITION, limit: 20 });
    await app.close();
  });

  test('a page is told with all its fields, and recovered only where it is given', async () => {
    const message = {
      roomId: ROOM_ID,
      seq: 7,
      id: POSITION,
      from: 'a',
      text: '안녕 👋',
      timestamp: '2026-01-01T00:00:00.000Z',
    };
    const pages = [
      { messages: [{ ...message, clientMsgId: 'c1' }], hasMore: true, recovered: false },
      { messages: [message], hasMore: false },
    ];
    const queue = [...pages];
    const useCases = createFakeUseCases({ readHistory: async () => queue.shift() ?? { messages: [], hasMore: false } });
    const app = await createHttpApp(createHttpDeps({ useCases }));
    for (const page of pages) {
      expect((await app.inject({ url: MESSAGES, headers: BEARER })).json().data).toEqual(page);
    }
    await app.close();
  });

  test('a new message is 201, a repeated one 200', async () => {
    const app = await createHttpApp(createHttpDeps());
    const send = (clientMsgId: string) =>
      app.inject({ method: 'POST', url: MESSAGES, headers: BEARER, payload: { text: '안녕', clientMsgId } });
    const [fresh, again] = [await send('first'), await send('again')];
    expect([fresh.statusCode, again.statusCode]).toEqual([201, 200]);
    expect(again.json().data).toMatchObject({ seq: 1, duplicate: true });
    await app.close();
  });
});

describe('sessions', () => {
  test('a name is claimed, shown, renewed and given up', async () => {
    const useCases = createFakeUseCases();
    const endSession = vi.spyOn(useCases, 'endSession');
    const app = await createHttpApp(createHttpDeps({ useCases }));
    const claim = await app.inject({ method: 'POST', url: '/api/sessions', payload: { name: '홍길동' } });
    expect(claim.statusCode).toBe(201);
    expect(claim.json().data).toEqual({ userId: '홍길동', token: TOKEN, expiresAt: '2026-01-01T00:00:00.000Z' });
    expect((await app.inject({ url: '/api/sessions/me', headers: BEARER })).json().data.rooms).toEqual([]);
    const renew = { method: 'POST', url: '/api/sessions/renew', headers: BEARER } as const;
    expect((await app.inject(renew)).json().message).toBe('세션이 연장되었습니다');
    const withType = { ...renew, headers: { ...BEARER, 'content-type': 'application/json' }, payload: '' };
    expect((await app.inject(withType)).statusCode).toBe(200);
    expect((await app.inject({ method: 'DELETE', url: '/api/sessions', headers: BEARER })).statusCode).toBe(200);
    expect(endSession).toHaveBeenCalledWith(IDENTITY);
    await app.close();
  });
});

describe('the catalogue of errors', () => {
  test('names every code in the language asked for, and is not sent again while it is the same', async () => {
    const app = await createHttpApp(createHttpDeps());
    const ask = (headers: Record<string, string>) => app.inject({ url: '/api/errors', headers });
    const english = await ask({ 'accept-language': 'en' });
    const { locale, errors } = english.json().data;
    expect(locale).toBe('en');
    expect(errors.map((error: { code: string }) => error.code)).toEqual(Object.keys(ERRORS));
    expect(errors).toContainEqual({
      code: 'ROOM_NOT_FOUND',
      status: 404,
      retryable: false,
      ...ERRORS.ROOM_NOT_FOUND.texts.en,
    });
    const etag = String(english.headers.etag);
    const again = await ask({ 'accept-language': 'en', 'if-none-match': `"other", ${etag}` });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    expect((await ask({ 'accept-language': 'ko', 'if-none-match': etag })).statusCode).toBe(200);
    await app.close();
  });
});

describe('for operators', () => {
  test('a node is live also when it is not ready, and says which check failed', async () => {
    const checks = [{ name: 'redis', ok: false, tookMs: 3, reason: 'away' }];
    const app = await createHttpApp(createHttpDeps({ readiness: { report: async () => ({ ok: false, checks }) } }));
    expect((await app.inject('/health/live')).statusCode).toBe(200);
    const ready = await app.inject('/health/ready');
    expect([ready.statusCode, ready.json()]).toEqual([503, { status: 'unavailable', checks }]);
    const bare = await app.inject('/health');
    expect([bare.statusCode, bare.json()]).toEqual([503, { status: 'unavailable' }]);
    await app.close();
  });

  test('each request is measured by its pattern, never by its address', async () => {
    const seen: unknown[] = [];
    const { metrics } = createHttpDeps();
    const app = await createHttpApp(
      createHttpDeps({ metrics: { ...metrics, observeRequest: ({ seconds: _, ...rest }) => void seen.push(rest) } }),
    );
    await app.inject(`/api/rooms/${ROOM_ID}`);
    await app.inject('/api/secret/zzz');
    expect(seen).toEqual([
      { method: 'GET', route: '/api/rooms/:roomId', status: 200 },
      { method: 'GET', route: 'unknown', status: 404 },
    ]);
    expect((await app.inject('/metrics')).headers['content-type']).toContain('text/plain');
    await app.close();
  });
});

describe('the documentation', () => {
  test('is OpenAPI 3.1 of every route, from the schemas that validate', async () => {
    const app = await createHttpApp(createHttpDeps());
    const api = (await app.inject('/api/docs/json')).json();
    expect(api.openapi).toMatch(/^3\.1\./);
    const operations = Object.entries<object>(api.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations.sort()).toEqual([
      'DELETE /api/rooms/{roomId}/members/{userId}',
      'DELETE /api/sessions',
      'GET /api/errors',
      'GET /api/rooms/{roomId}',
      'GET /api/rooms/{roomId}/messages',
      'GET /api/sessions/me',
      'POST /api/rooms',
      'POST /api/rooms/{roomId}/messages',
      'POST /api/sessions',
      'POST /api/sessions/renew',
    ]);
    const body = api.paths['/api/rooms'].post.requestBody.content['application/json'].schema;
    expect(Object.keys(body.properties)).toEqual(['creatorName', 'title', 'private']);
    expect(body.additionalProperties).toBe(false);
    await app.close();
  });

  test('is a page whose scripts come from us alone', async () => {
    const app = await createHttpApp(createHttpDeps());
    const page = await app.inject('/api/docs');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(page.body).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>/);
    await app.close();
  });
});

describe('the page', () => {
  test('is served from WEB_ROOT, for every room link too, and never outside of it', async () => {
    const root = mkdtempSync(join(tmpdir(), 'c2c-page-'));
    writeFileSync(join(root, 'index.html'), '<!doctype html><title>C2C</title>');
    const app = await createHttpApp(createHttpDeps({ settings: { ...SETTINGS, WEB_ROOT: root } }));
    for (const url of ['/', '/index.html', `/r/${ROOM_ID}`]) {
      const answer = await app.inject(url);
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    }
    const seen = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    for (const url of ['/nowhere', '/r/short', '/r/ABCDEFGH', `/r/${ROOM_ID}/more`]) {
      const answer = await app.inject({ url, headers: seen });
      expect([url, answer.statusCode, answer.headers['content-type']]).toEqual([url, 404, 'text/html; charset=utf-8']);
      expect(answer.body).toContain('<title>C2C</title>');
      expect((await app.inject(url)).json().error.code).toBe('NOT_FOUND');
    }
    expect((await app.inject({ url: '/api/nothing', headers: seen })).json().error.code).toBe('NOT_FOUND');
    expect((await app.inject({ url: '/api/sessions', headers: seen })).statusCode).toBe(405);
    for (const url of ['/../package.json', '/%2e%2e/package.json', '/nothing.js', '/api/nothing']) {
      expect((await app.inject(url)).statusCode).toBeGreaterThanOrEqual(400);
    }
    expect((await app.inject('/api/nothing')).json().error.code).toBe('NOT_FOUND');
    await app.close();
    rmSync(root, { recursive: true });
  });
});
