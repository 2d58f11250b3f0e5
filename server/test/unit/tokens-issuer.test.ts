/** Tokens of another issuer: taken by its keys alone, whatever else they claim, and never lost because it is away. */
import { createHmac } from 'node:crypto';
import { type CryptoKey, exportSPKI, importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createJwksIssuer, type Issuer, type IssuerSettings } from '../../src/tokens/jwks-issuer.ts';
import { createJwtTokens } from '../../src/tokens/jwt-tokens.ts';
import { AUDIENCE, ISSUER, type JwksServer, makeKey, signWith, startJwksServer } from '../support/jwks-server.ts';

type Key = Awaited<ReturnType<typeof makeKey>>;
const SECRET = 'a secret of at least thirty-two characters';
let nowMs = 0;
const clock = { nowMs: () => Date.now() + nowMs };
let key: Key;
let rsa: Key;
let server: JwksServer;
let reports: unknown[] = [];

beforeAll(async () => {
  [key, rsa] = await Promise.all([makeKey('k1'), makeKey('r1', 'RS256')]);
  server = await startJwksServer(key, rsa);
});
afterAll(() => server.close());

function issuerAt(jwksUrl: string, changes: Partial<IssuerSettings> = {}): Issuer {
  reports = [];
  const settings: IssuerSettings = {
    ...{
      jwksUrl,
      issuer: ISSUER,
      audience: AUDIENCE,
      algorithms: ['ES256', 'RS256'],
      userClaim: 'sub',
      sessions: 'login',
      maxTtlMs: 60_000,
    },
    ...changes,
  };
  const failures = { report: (_stage: string, error: unknown) => void reports.push(error) };
  const issuer = createJwksIssuer({ settings, clock, failures });
  onTestFinished(() => issuer.close());
  return issuer;
}

/** As a node has them: our own tokens beside those of the issuer. */
const tokensOf = (issuer: Issuer) => createJwtTokens({ secret: SECRET, ttlMs: 1_000, clock, issuer });
const seconds = () => Math.floor(Date.now() / 1000);
const code = (wanted: string) => expect.objectContaining({ code: wanted });

describe('a token of the issuer', () => {
  it('says who it is, in which session, and is handed back where ours would be signed', async () => {
    const exp = seconds() + 60;
    const token = await signWith(key, { sub: '홍길동', sid: 'login-1', exp });
    expect(await tokensOf(issuerAt(server.url)).verify(token)).toEqual({
      ...{ userId: '홍길동', sid: 'login-1', expiresAtMs: exp * 1_000 },
      foreign: { token, userSid: expect.stringMatching(/^[\w-]{43}$/), siblingsUntilMs: expect.any(Number) },
    });
  });

  it('stands beside our own', async () => {
    const tokens = tokensOf(issuerAt(server.url));
    const { token } = await tokens.sign('user1#0001', 'sid-1');
    expect(await tokens.verify(token)).toMatchObject({ userId: 'user1#0001', sid: 'sid-1' });
    expect(tokens.reservesNames).toBe(true);
    expect((await tokens.verify(await signWith(rsa, { sub: 'user2', sid: 's' }))).userId).toBe('user2');
  });

  it('leaves no plain name to a token of ours that was signed before', async () => {
    const early = createJwtTokens({ secret: SECRET, ttlMs: 60_000, clock });
    const { token } = await early.sign('anna', 'sid-1');
    expect((await early.verify(token)).userId).toBe('anna');
    await expect(tokensOf(issuerAt(server.url)).verify(token)).rejects.toEqual(code('SESSION_EXPIRED'));
  });

  it('is good already where the clock of the issuer is a little ahead', async () => {
    const issuer = issuerAt(server.url);
    expect((await issuer.verify(await signWith(key, { sub: 'anna', nbf: seconds() + 4 }))).userId).toBe('anna');
    await expect(issuer.verify(await signWith(key, { sub: 'anna', nbf: seconds() + 15 }))).rejects.toEqual(
      code('UNAUTHORIZED'),
    );
  });

  it('says until when others of its session may live', async () => {
    const issuer = issuerAt(server.url, { maxTtlMs: 5_000_000 });
    const { foreign } = await issuer.verify(await signWith(key, { sub: 'anna', sid: 'login-1' }));
    expect(foreign?.siblingsUntilMs).toBeGreaterThan(Date.now() + 4_900_000);
    expect(foreign?.siblingsUntilMs).toBeLessThanOrEqual(Date.now() + 5_000_000);
  });

  it('without a session id is one session for each user, and says since when it is good', async () => {
    const issuer = issuerAt(server.url);
    const read = async (claims: Record<string, unknown>) => issuer.verify(await signWith(key, claims));
    const [first, second, other] = [
      await read({ sub: 'anna', iat: 1_000 }),
      await read({ sub: 'anna' }),
      await read({ sub: 'mina' }),
    ];
    expect(first.sid).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect([second.sid === first.sid, other.sid === first.sid]).toEqual([true, false]);
    expect(first.foreign?.issuedAtMs).toBe(1_000_000);
    const perUser = issuerAt(server.url, { sessions: 'user' });
    expect((await perUser.verify(await signWith(key, { sub: 'anna', sid: 'login-1' }))).sid).toBe(first.sid);
    expect((await read({ sub: 'anna', sid: 'not:one of ours' })).sid).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('may name the user in another claim', async () => {
    const issuer = issuerAt(server.url, { userClaim: 'preferred_username' });
    const token = await signWith(key, { sub: '6a1e', preferred_username: 'anna' });
    expect((await issuer.verify(token)).userId).toBe('anna');
    await expect(issuer.verify(await signWith(key, { sub: 'anna' }))).rejects.toEqual(code('UNAUTHORIZED'));
  });

  it('is too old when its time has come, and ends within ten years in any case', async () => {
    const issuer = issuerAt(server.url);
    await expect(issuer.verify(await signWith(key, { sub: 'anna', exp: seconds() - 1 }))).rejects.toEqual(
      code('SESSION_EXPIRED'),
    );
    const { expiresAtMs } = await issuer.verify(await signWith(key, { sub: 'anna', exp: 9e15 }));
    expect(new Date(expiresAtMs).getUTCFullYear()).toBeLessThanOrEqual(new Date().getUTCFullYear() + 10);
  });
});

describe('what is refused', () => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = () => ({ iss: ISSUER, aud: AUDIENCE, sub: 'anna', sid: 's', exp: seconds() + 60 });
  const hmac = (header: object, secret: string) => {
    const text = `${encode(header)}.${encode(claims())}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  const pemOf = async ({ publicJwk, alg }: Key) =>
    exportSPKI((await importJWK(publicJwk, alg, { extractable: true })) as CryptoKey);

  it.each<[string, () => Promise<string> | string]>([
    ['a token of another issuer', () => signWith(key, { ...claims(), iss: 'https://other.example' })],
    ['a token for another audience', () => signWith(key, { ...claims(), aud: 'other' })],
    ['a token without an end', () => signWith(key, { ...claims(), exp: undefined })],
    ['a token that is not good yet', () => signWith(key, { ...claims(), nbf: seconds() + 600 })],
    ['an old token for another audience', () => signWith(key, { ...claims(), aud: 'other', exp: seconds() - 60 })],
    ['a token without a name', () => signWith(key, { ...claims(), sub: undefined })],
    ['a name with a suffix, which only we give', () => signWith(key, { ...claims(), sub: 'anna#1234' })],
    ['a name nobody can have', () => signWith(key, { ...claims(), sub: 'user:{a}' })],
    ['a name that is not in its one form', () => signWith(key, { ...claims(), sub: 'e\u0301va ' })],
    ['a name that is no text', () => signWith(key, { ...claims(), sub: undefined, preferred_username: 7 })],
    ['a key of ours with the id of theirs', async () => signWith({ ...(await makeKey('k1')), kid: 'k1' }, claims())],
    ['a key that nobody knows', async () => signWith(await makeKey('k9'), claims())],
    ['an algorithm that is not allowed', async () => signWith(await makeKey('k1', 'ES384'), claims())],
    ['no algorithm', () => `${encode({ alg: 'none' })}.${encode(claims())}.`],
    ['no algorithm in capitals', () => `${encode({ alg: 'NONE' })}.${encode(claims())}.`],
    ['a public key taken for a secret', async () => hmac({ alg: 'HS256', kid: 'r1' }, await pemOf(rsa))],
    ['a public key taken for a secret of 512 bits', async () => hmac({ alg: 'HS512', kid: 'r1' }, await pemOf(rsa))],
    ['our secret under their algorithm', () => hmac({ alg: 'ES256', kid: 'k1' }, SECRET)],
    [
      'a key in its own header',
      async () => {
        const own = await makeKey('k1');
        return new SignJWT(claims())
          .setProtectedHeader({ alg: 'ES256', kid: 'k1', jwk: own.publicJwk })
          .sign(own.privateKey);
      },
    ],
    [
      'a demand that we do not understand',
      () => `${encode({ alg: 'ES256', kid: 'k1', crit: ['x'], x: 1 })}.${encode(claims())}.AAAA`,
    ],
    ['a header that is none', () => `eyJ.${encode(claims())}.AAAA`],
  ])('%s', async (_what, forge) => {
    await expect(tokensOf(issuerAt(server.url)).verify(await forge())).rejects.toEqual(code('UNAUTHORIZED'));
  });

  it('every token but ours, where no issuer is configured', async () => {
    const alone = createJwtTokens({ secret: SECRET, ttlMs: 1_000, clock });
    await expect(alone.verify(await signWith(key, claims()))).rejects.toEqual(code('UNAUTHORIZED'));
    expect(alone.reservesNames).toBe(false);
  });
});

describe('the keys of the issuer', () => {
  it('are good while it is away, once they were read', async () => {
    const shortLived = await startJwksServer(key);
    const issuer = issuerAt(shortLived.url);
    await issuer.verify(await signWith(key, { sub: 'anna' }));
    await shortLived.close();
    nowMs += 86_400_000;
    onTestFinished(() => {
      nowMs = 0;
    });
    const exp = Math.floor(clock.nowMs() / 1000) + 60;
    expect((await issuer.verify(await signWith(key, { sub: 'anna', exp }))).userId).toBe('anna');
  });

  it('may be replaced: a token of a new key is good at once, as soon as the issuer shows the key', async () => {
    const rotating = await startJwksServer(key);
    onTestFinished(() => rotating.close());
    const issuer = issuerAt(rotating.url);
    await issuer.verify(await signWith(key, { sub: 'anna' }));
    rotating.publish(rsa);
    expect((await issuer.verify(await signWith(rsa, { sub: 'anna' }))).userId).toBe('anna');
    await expect(issuer.verify(await signWith(key, { sub: 'anna' }))).rejects.toEqual(code('UNAUTHORIZED'));
  });

  it('are each tried where a token names none', async () => {
    const [old, next, stranger] = await Promise.all([makeKey('a'), makeKey('b'), makeKey('a')]);
    const rotating = await startJwksServer(old, next);
    onTestFinished(() => rotating.close());
    const issuer = issuerAt(rotating.url);
    const nameless = (signer: Key, claims = {}) => signWith({ ...signer, kid: undefined }, { sub: 'anna', ...claims });
    for (const signer of [old, next]) expect((await issuer.verify(await nameless(signer))).userId).toBe('anna');
    await expect(issuer.verify(await nameless(stranger))).rejects.toEqual(code('UNAUTHORIZED'));
    await expect(issuer.verify(await nameless(next, { aud: 'other' }))).rejects.toEqual(code('UNAUTHORIZED'));
    await expect(issuer.verify(await nameless(next, { exp: seconds() - 1 }))).rejects.toEqual(code('SESSION_EXPIRED'));
    expect(reports).toEqual([]);
  });

  it('are asked for a few times only, however many unknown keys are claimed', async () => {
    const counting = await startJwksServer(key);
    onTestFinished(() => counting.close());
    const issuer = issuerAt(counting.url);
    await issuer.verify(await signWith(key, { sub: 'anna' }));
    const forged = Array.from({ length: 50 }, async (_, i) =>
      issuer.verify(await signWith({ ...key, kid: `x${i}` }, { sub: 'anna' })),
    );
    const verdicts = await Promise.allSettled(forged);
    for (const verdict of verdicts) expect(verdict).toMatchObject({ reason: { code: 'UNAUTHORIZED' } });
    expect(counting.asked).toBeLessThanOrEqual(5);
  });

  it.each<[string, (server: JwksServer) => unknown]>([
    ['away', (broken) => broken.close()],
    ['failing', (broken) => broken.answer((response) => response.writeHead(500).end())],
    ['talking nonsense', (broken) => broken.answer((response) => response.end('<html>'))],
    ['showing no keys', (broken) => broken.answer((response) => response.end('{"keys":1}'))],
    ['cutting the line', (broken) => broken.answer((response) => response.destroy())],
  ])('cannot be had while it is %s: try again, no verdict', async (_what, breakIt) => {
    const broken = await startJwksServer(key);
    await breakIt(broken);
    const issuer = issuerAt(broken.url);
    const token = await signWith(key, { sub: 'anna' });
    await expect(issuer.verify(token)).rejects.toEqual(code('SERVICE_UNAVAILABLE'));
    expect(reports.length).toBeGreaterThan(0);
    if (_what === 'away') return;
    broken.publish(key);
    expect((await issuer.verify(token)).userId).toBe('anna');
    await broken.close();
  });
});
