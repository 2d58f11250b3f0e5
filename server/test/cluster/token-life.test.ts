/** Tokens that end while somebody is connected, and those of another issuer, on nodes that are set up for it. */
import { createClient } from '@c2c/web/client';
import { decodeJwt, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { TEST_JWT_SECRET } from '../support/chat-node.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { AUDIENCE, ISSUER, type JwksServer, makeKey, signWith, startJwksServer } from '../support/jwks-server.ts';
import { gatherPeople } from '../support/people.ts';
import { callApi, createRoom } from '../support/rest.ts';

const TTL_MS = 4_000;
/** How late the end of a token may be noticed, with patience for a busy machine. */
const LATE_MS = 4_000;
/** Whoever was to be sent away at the end of a token is gone by then. */
const WELL_AFTER_MS = 700;
let cluster: Cluster;
let jwks: JwksServer;
let key: Awaited<ReturnType<typeof makeKey>>;
let first = '';
let second = '';

beforeAll(async () => {
  key = await makeKey('k1');
  jwks = await startJwksServer(key);
  const issuer = { JWKS_URL: jwks.url, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE };
  cluster = await startCluster({ nodes: 2, env: { TOKEN_TTL: String(TTL_MS / 1_000), ...issuer } });
  [first = '', second = ''] = cluster.urls;
});
afterAll(async () => {
  await cluster.stop();
  await jwks.close();
});

const me = (token: string) => callApi(`${second}/api/sessions/me`, { token });
const endOf = (token: string) => (decodeJwt(token).exp ?? 0) * 1_000;
const past = (atMs: number) =>
  eventually(
    () => Date.now(),
    (now) => now > atMs,
    60_000,
  );

describe('a token that ends while its owner is connected', () => {
  it('ends the connection on both doors, unless it was renewed in place', async () => {
    const endings = { socketio: 'io server disconnect', websocket: '4409' };
    const people = gatherPeople();
    const endsOn = async (door: keyof typeof endings) => {
      const [owner, visitor] = [`방장 ${door}`, `손님 ${door}`];
      const { roomId, token: early } = await createRoom(first, people.nameOf(owner));
      const keeper = await people.connect(owner, { url: first, door, token: early });
      await keeper.join(roomId);
      const guest = await people.connect(visitor, { url: second, door });
      const { token: guestToken = '' } = await guest.join(roomId);

      const renewed = await callApi(`${second}/api/sessions/renew`, { method: 'POST', token: early });
      const proof = renewed.body.data as { token: string; expiresAt: string };
      keeper.token = proof.token;
      await keeper.join(roomId);

      await guest.until(() => guest.closeReason === endings[door], TTL_MS + LATE_MS);
      expect(Date.now()).toBeGreaterThanOrEqual(endOf(guestToken));
      expect(guest.heard.at(-1)).toMatchObject({ event: 'error', payload: { code: 'SESSION_EXPIRED' } });
      expect((await me(guestToken)).body.error?.code).toBe('SESSION_EXPIRED');
      await keeper.until(() => keeper.closeReason === endings[door], TTL_MS + LATE_MS);
      expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(proof.expiresAt));
    };
    await Promise.all([endsOn('socketio'), endsOn('websocket')]);
  });

  it('is replaced by a join in the second half of its life, and the connection goes on', async () => {
    const people = gatherPeople();
    const { roomId, token } = await createRoom(first, people.nameOf('방장'));
    const owner = await people.connect('방장', { url: second, door: 'websocket', token });
    expect((await owner.join(roomId)).token).toBeUndefined();
    await past(endOf(token) - TTL_MS / 2 + 100);
    const fresh = (await owner.join(roomId)).token ?? '';
    expect(fresh).toMatch(/^eyJ/);
    await past(endOf(token) + WELL_AFTER_MS);
    await owner.send(roomId, '아직 여기');
    expect(owner.closeReason).toBeNull();
    expect((await me(token)).body.error?.code).toBe('SESSION_EXPIRED');
  });
});

it('the client library stays connected beyond the end of the token that it began with', async () => {
  const { roomId, userId, token } = await createRoom(first, gatherPeople().nameOf('방장'));
  const client = createClient({ url: second, token });
  onTestFinished(() => client.close());
  await client.join(roomId);
  const seen = new Set<string>();
  client.state.subscribe(({ status }) => seen.add(status));
  await past(endOf(token) + WELL_AFTER_MS);
  expect(client.token.value).not.toBe(token);
  expect([...seen].filter((status) => status !== 'live' && status !== 'catching-up')).toEqual([]);
  expect(client.me.value).toBe(userId);
});

describe('people of another issuer', () => {
  const seconds = () => Math.floor(Date.now() / 1000);

  it('come in with its tokens on REST and both doors, and guests never get their plain names', async () => {
    const people = gatherPeople();
    const token = await signWith(key, { sub: people.nameOf('안나'), sid: 'login-1' });
    const made = await callApi(`${first}/api/rooms`, { method: 'POST', body: {}, token });
    const room = made.body.data as { roomId: string; userId: string; token: string };
    expect(room).toMatchObject({ userId: people.nameOf('안나'), token });
    for (const door of ['socketio', 'websocket'] as const) {
      const tab = await people.connect('안나', { url: second, door, token });
      expect((await tab.join(room.roomId)).me).toBe(room.userId);
    }
    expect((await callApi(`${second}/api/sessions/renew`, { method: 'POST', token })).body.error?.code).toBe(
      'FORBIDDEN',
    );
    const guest = await people.connect('누구', { url: first, door: 'websocket' });
    expect((await guest.join(room.roomId)).me).toMatch(/#\d{4}$/);
    const claimed = await callApi(`${first}/api/sessions`, { method: 'POST', body: { name: people.nameOf('다른') } });
    expect(claimed.body.data).toMatchObject({ userId: expect.stringMatching(/#\d{4}$/) });
  });

  it('stay the creators of their rooms through a log-out and the next log-in', async () => {
    const people = gatherPeople();
    const sub = people.nameOf('가온');
    const login = (sid: string) => signWith(key, { sub, sid, iat: seconds() });
    const before = await login('before');
    const made = await callApi(`${first}/api/rooms`, { method: 'POST', body: {}, token: before });
    const { roomId } = made.body.data as { roomId: string };
    const guest = await people.connect('손님', { url: second, door: 'websocket' });
    const { me: guestId, isCreator } = await guest.join(roomId);
    expect(isCreator).toBeUndefined();
    await callApi(`${first}/api/sessions`, { method: 'DELETE', token: before });

    const creator = await people.connect('가온', { url: second, door: 'websocket', token: await login('after') });
    expect(await creator.join(roomId)).toMatchObject({ me: sub, isCreator: true });
    expect(await creator.request('remove', { roomId, userId: guestId })).toEqual({});
    await guest.hears('left', { roomId, reason: 'removed' });
  });

  it('have their plain names back from guests who got them before there was an issuer', async () => {
    const sub = gatherPeople().nameOf('미리');
    const claims = { sub, sid: 'early', exp: seconds() + 60 };
    const secret = new TextEncoder().encode(TEST_JWT_SECRET);
    const early = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret);
    expect((await me(early)).body.error?.code).toBe('SESSION_EXPIRED');
    expect((await me(await signWith(key, { sub, sid: 'login-2' }))).status).toBe(200);
  });

  it('are ended by a log-out; without a session id they come back with a token that was issued later', async () => {
    const sub = gatherPeople().nameOf('보라');
    const token = await signWith(key, { sub, iat: seconds() - 5 });
    expect((await me(token)).status).toBe(200);
    expect((await callApi(`${first}/api/sessions`, { method: 'DELETE', token })).status).toBe(200);
    expect((await me(token)).body.error?.code).toBe('SESSION_EXPIRED');
    expect((await me(await signWith(key, { sub, iat: seconds() }))).status).toBe(200);
  });

  it('are refused for good only by a verdict: while the issuer is away they are asked to try again', async () => {
    const people = gatherPeople();
    const next = await makeKey('k2');
    const sub = people.nameOf('지수');
    const { roomId } = await createRoom(first, people.nameOf('방장'));
    jwks.answer((response) => response.destroy());
    const token = await signWith(next, { sub });
    const refused = await me(token);
    expect([refused.status, refused.body.error]).toMatchObject([
      503,
      { code: 'SERVICE_UNAVAILABLE', details: { retryable: true } },
    ]);
    expect((await me(await signWith(key, { sub: people.nameOf('안나') }))).status).toBe(200);
    const waiting = await people.connect('지수', { url: second, door: 'websocket', token });
    await expect(waiting.join(roomId)).rejects.toMatchObject({
      error: { code: 'SERVICE_UNAVAILABLE', retryable: true },
    });
    expect(waiting.closeReason).toBeNull();

    jwks.publish(key, next);
    expect((await waiting.join(roomId)).me).toBe(sub);
    expect((await me(token)).status).toBe(200);
  });

  it('that forge are refused, whatever they claim', async () => {
    const sub = gatherPeople().nameOf('가짜');
    const stranger = await makeKey('k1');
    const forged = [
      [stranger, { sub }],
      [key, { sub, aud: 'other' }],
      [key, { sub, iss: 'https://other.example' }],
      [key, { sub: `${sub}#1234` }],
      [key, { sub: `${sub}\u200b` }],
    ] as const;
    for (const [signer, claims] of forged) {
      const { status, body } = await me(await signWith(signer, claims));
      expect([status, body.error?.code]).toEqual([401, 'UNAUTHORIZED']);
    }
    const old = await me(await signWith(key, { sub, exp: seconds() - 1 }));
    expect([old.status, old.body.error?.code]).toEqual([401, 'SESSION_EXPIRED']);
  });
});
