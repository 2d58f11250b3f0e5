/** Trying to be somebody else, in every way and through every door: none succeeds, and each is refused with its own code. */
import { Redis } from 'ioredis';
import { type CryptoKey, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Answer } from '../../src/protocol/index.ts';
import { TEST_JWT_SECRET } from '../support/chat-node.ts';
import { gatherPeople } from '../support/people.ts';
import { callApi, createRoom } from '../support/rest.ts';
import { openWire } from '../support/wire.ts';

const { urls, redisUrl } = inject('cluster');
const [first = '', second = '', third = ''] = urls;

/** What an attempt came to: the user it made somebody, or the code it was refused with. */
type Outcome = { userId: string } | { code: string };

type Attempt = { token: string; roomId: string };

/** One way in; each is tried on another node than the victim's. */
const WAYS: Readonly<Record<string, (attempt: Attempt) => Promise<Outcome>>> = {
  'GET /api/sessions/me': ({ token }) => rest(`GET ${second}/api/sessions/me`, token),
  'POST /api/sessions/renew': ({ token }) => rest(`POST ${third}/api/sessions/renew`, token),
  'DELETE /api/sessions': ({ token }) => rest(`DELETE ${second}/api/sessions`, token),
  'POST a message': ({ token, roomId }) =>
    rest(`POST ${third}/api/rooms/${roomId}/messages`, token, { text: 'I am you' }),
  'Socket.IO handshake': handshake,
  'Socket.IO join': (attempt) => join('socketio', attempt),
  '/ws join': (attempt) => join('websocket', attempt),
};

async function rest(what: string, token: string, body?: unknown): Promise<Outcome> {
  const [method = '', url = ''] = what.split(' ');
  const answer = await callApi(url, { method, token, ...(body === undefined ? {} : { body }) });
  return answer.body.error ? { code: answer.body.error.code } : { userId: `got in by ${method}` };
}

const SILENT = { onEvent: () => undefined, onClose: () => undefined };

async function handshake({ token }: Attempt): Promise<Outcome> {
  try {
    (await openWire({ url: second, door: 'socketio', token, ...SILENT })).close();
    return { userId: 'shook hands' };
  } catch (error) {
    return { code: error instanceof Error ? error.message : 'unknown' };
  }
}

async function join(door: 'socketio' | 'websocket', { token, roomId }: Attempt): Promise<Outcome> {
  const wire = await openWire({ url: third, door, ...SILENT });
  const answer = await new Promise<Answer>((resolve) => wire.request('join', { roomId, token }, resolve));
  wire.close();
  return answer.ok ? { userId: (answer.data as { me: string }).me } : { code: answer.error.code };
}

const secret = (text: string) => new TextEncoder().encode(text);
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const inAnHour = () => Math.floor(Date.now() / 1000) + 3_600;

async function sign(
  claims: Record<string, unknown>,
  alg = 'HS256',
  key: Uint8Array | CryptoKey = secret(TEST_JWT_SECRET),
) {
  return new SignJWT({ exp: inAnHour(), ...claims }).setProtectedHeader({ alg }).sign(key);
}

describe('who tries to be somebody else', () => {
  let victim: { roomId: string; userId: string; token: string };
  let sid = '';
  const redis = new Redis(redisUrl);
  beforeAll(async () => {
    victim = await createRoom(first, gatherNameless());
    sid = (await redis.hget(`user:${victim.userId}:session`, 'sid')) ?? '';
  });
  afterAll(() => redis.disconnect());

  const claims = () => ({ sub: victim.userId, sid });
  const changed = () => {
    const [head, , signature] = victim.token.split('.');
    return `${head}.${encode({ ...claims(), exp: inAnHour() + 1 })}.${signature}`;
  };
  const ended = async () => {
    const { userId, token } = await createRoom(first, `${victim.userId} gone`);
    await callApi(`${first}/api/sessions`, { method: 'DELETE', token });
    return { userId, token };
  };

  /** HS256 by whoever believes what the header says about keys. */
  const withKeyOf = async (field: 'jwk' | 'jku' | 'kid') => {
    const own = { kty: 'oct', k: Buffer.from('k'.repeat(32)).toString('base64url'), alg: 'HS256' };
    const where = {
      jwk: own,
      jku: `data:application/json,${JSON.stringify({ keys: [own] })}`,
      kid: '../../../dev/null',
    };
    const header = { alg: 'HS256', [field]: where[field] };
    const key = secret(field === 'kid' ? '\0' : 'k'.repeat(32));
    return new SignJWT({ ...claims(), exp: inAnHour() }).setProtectedHeader(header).sign(key);
  };
  /** Their session lapsed, as after ten minutes, and the next one has the name. */
  const passedOn = async () => {
    const begun = await callApi(`${first}/api/sessions`, { method: 'POST', body: { name: `${victim.userId} lost` } });
    const { userId, token } = begun.body.data as { userId: string; token: string };
    await redis.del(...['presence', 'session', 'conns'].map((part) => `user:${userId}:${part}`));
    const claim = await callApi(`${second}/api/sessions`, { method: 'POST', body: { name: userId } });
    expect(claim.body.data).toMatchObject({ userId });
    return { userId, token };
  };

  const FORGERIES: readonly [what: string, code: string, forge: () => Promise<string> | string][] = [
    ['a token signed with another secret', 'UNAUTHORIZED', () => sign(claims(), 'HS256', secret('x'.repeat(64)))],
    [
      'a token without a signature',
      'UNAUTHORIZED',
      () => `${encode({ alg: 'none' })}.${encode({ ...claims(), exp: inAnHour() })}.`,
    ],
    ['a token whose claims were changed', 'UNAUTHORIZED', changed],
    ['a token of another algorithm', 'UNAUTHORIZED', () => sign(claims(), 'HS512', secret(TEST_JWT_SECRET.repeat(2)))],
    [
      'a token of a foreign issuer',
      'UNAUTHORIZED',
      async () => sign(claims(), 'RS256', (await generateKeyPair('RS256')).privateKey),
    ],
    ['a token without a session', 'UNAUTHORIZED', () => sign({ sub: victim.userId })],
    ['a token that is none', 'UNAUTHORIZED', () => 'eyJ.not.one'],
    ...['None', 'nOnE', '', 'HS256'].map((alg): [string, string, () => string] => [
      `a token that says ${alg || 'no'} algorithm and is not signed`,
      'UNAUTHORIZED',
      () => `${encode({ alg })}.${encode({ ...claims(), exp: inAnHour() })}.`,
    ]),
    ['a token that brings its own key', 'UNAUTHORIZED', () => withKeyOf('jwk')],
    ['a token that says where its key is', 'UNAUTHORIZED', () => withKeyOf('jku')],
    ['a token that names a file as its key', 'UNAUTHORIZED', () => withKeyOf('kid')],
    [
      'a token signed with a part of the secret',
      'UNAUTHORIZED',
      () => sign(claims(), 'HS256', secret(TEST_JWT_SECRET.slice(0, 32))),
    ],
    ['a token of nobody', 'UNAUTHORIZED', () => sign({ sub: '', sid })],
    ['a token of several', 'UNAUTHORIZED', () => sign({ sub: [victim.userId], sid })],
    ['a token without an end', 'UNAUTHORIZED', () => sign({ ...claims(), exp: undefined })],
    ['a token of a name that went to somebody else', 'SESSION_EXPIRED', async () => (await passedOn()).token],
    ['an expired token', 'SESSION_EXPIRED', () => sign({ ...claims(), exp: inAnHour() - 7_200 })],
    ['a token of another session of the name', 'SESSION_EXPIRED', () => sign({ ...claims(), sid: 'another' })],
    ['a revoked token', 'SESSION_EXPIRED', async () => (await ended()).token],
    [
      'a token of a revoked session that lives longer',
      'SESSION_EXPIRED',
      async () => {
        const gone = await ended();
        const { sid: goneSid } = JSON.parse(atob(gone.token.split('.')[1] ?? '')) as { sid: string };
        return sign({ sub: gone.userId, sid: goneSid, exp: inAnHour() * 2 });
      },
    ],
  ];

  it.each(FORGERIES)('gets nowhere with %s: %s', async (_what, code, forge) => {
    const attempt = { token: await forge(), roomId: victim.roomId };
    const outcomes: Record<string, Outcome> = {};
    for (const [way, tryIt] of Object.entries(WAYS)) outcomes[way] = await tryIt(attempt);
    expect(outcomes).toEqual(Object.fromEntries(Object.keys(WAYS).map((way) => [way, { code }])));
  });

  it('gets nowhere with an own connection and the token of another: FORBIDDEN, and stays who it is', async () => {
    const people = gatherPeople();
    for (const door of ['socketio', 'websocket'] as const) {
      const thief = await people.connect(`도둑 ${door}`, { url: second, door });
      const { me } = await thief.join(victim.roomId);
      const stolen = thief.request('join', { roomId: victim.roomId, token: victim.token });
      await expect(stolen).rejects.toMatchObject({ error: { code: 'FORBIDDEN' } });
      expect((await thief.join(victim.roomId)).me).toBe(me);
    }
  });

  it.each([
    ['the same name', (name: string) => name],
    ['a Cyrillic letter', (name: string) => name.replace('a', '\u0430')],
    ['capitals', (name: string) => name.toUpperCase()],
    ['full width', (name: string) => name.replace('n', '\uff4e')],
    ['decomposed letters', (name: string) => name.normalize('NFD')],
    ['letters of mathematics', (name: string) => name.replace('a', '\u{1d41a}')],
    ['a Greek letter', (name: string) => name.replace('a', '\u03b1')],
    ['a one for an l', (name: string) => name.replace('l', '1')],
    ['a capital i for an l', (name: string) => name.replace('l', 'I')],
    ['another kind of e', (name: string) => name.replace('e', '\u0435')],
    ['an invisible letter', (name: string) => `${name}\u3164`],
    ['two spaces', (name: string) => name.replace(' ', '  ')],
    ['spaces around it', (name: string) => `  ${name} `],
  ])('gets digits for %s', async (_what, disguise) => {
    const wanted = disguise(victim.userId);
    const { body } = await callApi(`${second}/api/sessions`, { method: 'POST', body: { name: wanted } });
    expect(body.data).toMatchObject({ userId: expect.stringMatching(/#\d{4}$/) });
    const byDoor = await join('websocket', { token: wanted, roomId: victim.roomId });
    expect(byDoor).toEqual({ userId: expect.stringMatching(/#\d{4}$/) });
  });

  it.each([
    ['a zero character', '\u0000'],
    ['a zero-width space', '\u200b'],
    ['a zero-width joiner', '\u200d'],
    ['a right-to-left override', '\u202e'],
    ['a soft hyphen', '\u00ad'],
    ['a combining accent that has no letter of its own', '\u0336'],
    ['a line break', '\n'],
    ['a tabulator', '\t'],
    ['a no-break space', '\u00a0b'],
    ['a variation selector', '\ufe0f'],
    ['a tag character', '\u{e0061}'],
    ['digits of its own', '#1234'],
    ['what keys are made of', ':session'],
    ['an emoji', '🙂'],
    ['a delete character', '\u007f'],
    ['a next-line character', '\u0085'],
    ['a line separator', '\u2028'],
    ['a word joiner', '\u2060'],
    ['a byte order mark', '\ufeff'],
    ['an ideographic space', '\u3000'],
    ['half a character', '\ud83d'],
    ['a private character', '\ue000'],
  ])('is refused a name with %s', async (_what, added) => {
    const name = `${victim.userId}${added}x`;
    const { status, body } = await callApi(`${second}/api/sessions`, { method: 'POST', body: { name } });
    expect([status, body.error?.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(await join('websocket', { token: name, roomId: victim.roomId })).toEqual({ code: 'VALIDATION_FAILED' });
  });

  it('inherits nothing with a name that was freed', async () => {
    const { roomId, userId, token } = await createRoom(first, gatherNameless());
    const room = { method: 'POST', body: { title: 'secret', private: true }, token };
    const secretRoom = (await callApi(`${first}/api/rooms`, room)).body.data as { roomId: string };
    const guest = await gatherPeople().connect('손님', { url: second, door: 'websocket' });
    const { me: guestId } = await guest.join(roomId);
    await callApi(`${first}/api/sessions`, { method: 'DELETE', token });

    const claim = await callApi(`${second}/api/sessions`, { method: 'POST', body: { name: userId } });
    const heir = claim.body.data as { userId: string; token: string };
    expect(heir.userId).toBe(userId);
    const ask = async (method: string, path: string, body?: unknown) => {
      const sent = body === undefined ? {} : { body };
      const answer = await callApi(`${third}/api${path}`, { method, token: heir.token, ...sent });
      return answer.body.error?.code ?? answer.body.data;
    };
    expect(await ask('GET', '/sessions/me')).toMatchObject({ userId, rooms: [] });
    expect(await ask('POST', `/rooms/${roomId}/messages`, { text: 'I was here' })).toBe('NOT_A_MEMBER');
    expect(await ask('GET', `/rooms/${roomId}/messages`)).toBe('NOT_A_MEMBER');
    expect(await ask('GET', `/rooms/${secretRoom.roomId}`)).toBe('ROOM_NOT_FOUND');
    expect(await join('websocket', { token: heir.token, roomId })).toEqual({ userId });
    expect(await ask('DELETE', `/rooms/${roomId}/members/${encodeURIComponent(guestId)}`)).toBe('FORBIDDEN');
    expect(await rest(`GET ${third}/api/sessions/me`, token)).toEqual({ code: 'SESSION_EXPIRED' });
  });

  it('has left the victim untouched', async () => {
    const { body } = await callApi(`${first}/api/sessions/me`, { token: victim.token });
    expect(body.data).toMatchObject({ userId: victim.userId, rooms: [{ roomId: victim.roomId, seq: 0 }] });
  });
});

/** A name of its own for each test run, with letters that have look-alikes. */
function gatherNameless(): string {
  return `\u00e9lena an ${Math.random().toString(36).slice(2, 10)}`;
}
