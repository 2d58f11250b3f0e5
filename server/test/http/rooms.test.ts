import { afterEach, describe, expect, test, vi } from 'vitest';
import { ChatError } from '../../src/service/chat-error.ts';
import { createHttpApp } from '../../src/transport/http/app.ts';
import type { HttpDeps, HttpSettings } from '../../src/transport/http/deps.ts';
import { BEARER, createFakeUseCases, createHttpDeps, IDENTITY, ROOM_ID, SETTINGS } from '../support/http-fakes.ts';

type App = Awaited<ReturnType<typeof createHttpApp>>;
const open: App[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

async function openApp({
  settings = {},
  ...deps
}: { settings?: Partial<HttpSettings> } & Partial<Omit<HttpDeps, 'settings'>>) {
  const app = await createHttpApp(createHttpDeps({ ...deps, settings: { ...SETTINGS, ...settings } }));
  open.push(app);
  return app;
}

const make = (payload: object, headers: Record<string, string> = {}) => ({
  method: 'POST' as const,
  url: '/api/rooms',
  payload,
  headers,
});

describe('who makes a room', () => {
  test('is the name given, with no title', async () => {
    const useCases = createFakeUseCases();
    const createRoom = vi.spyOn(useCases, 'createRoom');
    const app = await openApp({ useCases });
    const answer = await app.inject(make({ creatorName: '테스터' }));
    expect(answer.json().data).toMatchObject({ roomId: ROOM_ID, userId: '테스터' });
    expect(answer.headers.location).toBe(`/api/rooms/${ROOM_ID}`);
    expect(createRoom).toHaveBeenCalledWith({ creator: { name: '테스터' }, title: undefined, isPrivate: undefined });
  });

  test('is the user of the token, whatever name is given', async () => {
    const useCases = createFakeUseCases();
    const createRoom = vi.spyOn(useCases, 'createRoom');
    const app = await openApp({ useCases });
    const answer = await app.inject(make({ creatorName: 'somebody', title: '방', private: true }, BEARER));
    expect(answer.json().data.userId).toBe(IDENTITY.userId);
    expect(createRoom).toHaveBeenCalledWith({ creator: IDENTITY, title: '방', isPrivate: true });
  });
});

describe('the link of a room', () => {
  test('begins as the request was addressed', async () => {
    const app = await openApp({});
    const answer = await app.inject(make({ creatorName: 'a' }, { host: 'chat.example:8080' }));
    expect(answer.json().data.inviteUrl).toBe(`http://chat.example:8080/r/${ROOM_ID}`);
  });

  test('begins as a trusted proxy says, and as no other', async () => {
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'chat.example', host: 'node' };
    const trusting = await openApp({ settings: { TRUSTED_PROXIES: '127.0.0.0/8' } });
    const wary = await openApp({ settings: { TRUSTED_PROXIES: '10.0.0.1' } });
    const urlFrom = async (app: App) => (await app.inject(make({ creatorName: 'a' }, forwarded))).json().data.inviteUrl;
    expect(await urlFrom(trusting)).toBe(`https://chat.example/r/${ROOM_ID}`);
    expect(await urlFrom(wary)).toBe(`http://node/r/${ROOM_ID}`);
  });

  test('begins with PUBLIC_URL where that is set, and never with a host that is none', async () => {
    const fixed = await openApp({ settings: { PUBLIC_URL: 'https://c2c.example/' } });
    expect((await fixed.inject(make({ creatorName: 'a' }))).json().data.inviteUrl).toBe(
      `https://c2c.example/r/${ROOM_ID}`,
    );
    const free = await openApp({});
    const odd = await free.inject(make({ creatorName: 'a' }, { host: 'evil"><script>' }));
    expect(odd.json().data.inviteUrl).toBe(`http://localhost/r/${ROOM_ID}`);
  });

  test('carries the secret of a private room where browsers tell it nobody', async () => {
    const app = await openApp({});
    const answer = await app.inject(make({ creatorName: 'a', private: true }, { host: 'c2c.example' }));
    expect(answer.json().data.inviteUrl).toBe(`http://c2c.example/r/${ROOM_ID}#invite=sec%2Fret`);
  });
});

describe('limits on making rooms', () => {
  const refusing = () => {
    const counted: string[] = [];
    const quota = {
      takeRoomOfAddress: async (address: string) => {
        counted.push(address);
        throw new ChatError('RATE_LIMITED', { retryAfterMs: 12_300 });
      },
      takeRoomOfUser: async () => {},
      takeName: async () => {},
    };
    return { counted, quota };
  };

  test('one too many is RATE_LIMITED and told when to come back', async () => {
    const { quota } = refusing();
    const useCases = createFakeUseCases();
    const app = await openApp({ quota, useCases });
    const answer = await app.inject(make({ creatorName: 'a' }));
    expect(answer.statusCode).toBe(429);
    expect(answer.headers['retry-after']).toBe('13');
    expect(answer.json().error).toMatchObject({
      code: 'RATE_LIMITED',
      details: { retryAfterMs: 12_300, retryable: true },
    });
    expect(useCases.roomsMade).toBe(0);
  });

  test('what its address is refused costs the user nothing', async () => {
    const { quota } = refusing();
    const users: string[] = [];
    const takeRoomOfUser = async (user: string) => void users.push(user);
    const app = await openApp({ quota: { ...quota, takeRoomOfUser } });
    expect((await app.inject(make({}, BEARER))).statusCode).toBe(429);
    expect(users).toEqual([]);
  });

  test('a user is counted beside the address', async () => {
    const counted: string[] = [];
    const note = async (who: string) => void counted.push(who);
    const quota = { takeRoomOfAddress: note, takeRoomOfUser: note, takeName: note };
    const app = await openApp({ quota });
    expect((await app.inject(make({}, BEARER))).statusCode).toBe(201);
    expect(counted).toEqual(['127.0.0.1', IDENTITY.userId]);
  });

  test.each([
    ['', '203.0.113.9', '127.0.0.1'],
    ['127.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['127.0.0.1', '127.0.0.1, 203.0.113.9', '203.0.113.9'],
    ['127.0.0.1,10.0.0.0/8', '198.51.100.7, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
  ])('with TRUSTED_PROXIES=%s and X-Forwarded-For %s the address is %s', async (proxies, forwarded, address) => {
    const { quota, counted } = refusing();
    const app = await openApp({ quota, settings: { TRUSTED_PROXIES: proxies } });
    await app.inject(make({ creatorName: 'a' }, { 'x-forwarded-for': forwarded }));
    expect(counted).toEqual([address]);
  });
});

describe('removing a member', () => {
  const removal = (userId: string, headers: Record<string, string> = BEARER) => ({
    method: 'DELETE' as const,
    url: `/api/rooms/${ROOM_ID}/members/${userId}`,
    headers,
  });

  test.each([
    ['mina%231234', 'mina#1234'],
    ['%ED%99%8D%EA%B8%B8%EB%8F%99', '홍길동'],
    ['a%20b.c_d-', 'a b.c_d-'],
    ['%EA%B0%80'.repeat(32), '가'.repeat(32)],
  ])('%s in the address is the user %s', async (written, userId) => {
    const useCases = createFakeUseCases();
    const removeMember = vi.spyOn(useCases, 'removeMember');
    const app = await openApp({ useCases });
    const answer = await app.inject({ ...removal(written), headers: { ...BEARER, 'accept-language': 'en' } });
    expect(removeMember).toHaveBeenCalledWith(IDENTITY, { roomId: ROOM_ID, userId });
    expect(answer.json()).toMatchObject({ success: true, data: {}, message: 'The member was removed' });
  });

  test('needs a token, and takes DELETE alone', async () => {
    const app = await openApp({});
    expect((await app.inject(removal('mina', {}))).json().error.code).toBe('UNAUTHORIZED');
    const other = await app.inject({ ...removal('mina'), method: 'GET' });
    expect([other.statusCode, other.headers.allow]).toEqual([405, 'DELETE']);
  });
});

describe('CORS_ORIGINS', () => {
  test('lets the origins in that it names, and no other', async () => {
    const app = await openApp({ settings: { CORS_ORIGINS: 'https://app.example, https://b.example' } });
    const from = (origin: string) => app.inject({ url: '/api/errors', headers: { origin } });
    expect((await from('https://app.example')).headers['access-control-allow-origin']).toBe('https://app.example');
    expect((await from('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
    expect((await from('https://app.example')).headers.vary).toContain('Accept-Language');
    const preflight = await app.inject({
      method: 'OPTIONS',
      url: '/api/rooms',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,idempotency-key',
      },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toBe('authorization,idempotency-key');
  });
});
