/** Tokens prove who somebody is, and nothing else does. */
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { isJwt } from '../../src/protocol/index.ts';
import { createJwtTokens } from '../../src/tokens/jwt-tokens.ts';

const SECRET = 'a secret of at least thirty-two characters';
const TTL_MS = 86_400_000;
let now = Date.UTC(2026, 0, 1);
const clock = { nowMs: () => now };
const tokens = createJwtTokens({ secret: SECRET, ttlMs: TTL_MS, clock });
const key = new TextEncoder().encode(SECRET);
const inAnHour = () => Math.floor(now / 1000) + 3_600;

const signed = (claims: Record<string, unknown>, secret = key) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret);

describe('tokens', () => {
  it('say who signed in, in which session, and until when', async () => {
    const { token, expiresAtMs } = await tokens.sign('홍길동 2#0042', 'sid-1');
    expect(isJwt(token)).toBe(true);
    expect(expiresAtMs).toBe(now + TTL_MS);
    expect(await tokens.verify(token)).toEqual({ userId: '홍길동 2#0042', sid: 'sid-1', expiresAtMs });
  });

  it('are too old when their time has come', async () => {
    const { token } = await tokens.sign('user1', 'sid-1');
    now += TTL_MS;
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
  });

  it('live at least a second, however short the configuration', async () => {
    const short = createJwtTokens({ secret: SECRET, ttlMs: 200, clock });
    const { token, expiresAtMs } = await short.sign('user1', 'sid-1');
    expect(expiresAtMs - now).toBe(1_000);
    expect((await short.verify(token)).userId).toBe('user1');
  });

  it('of a secret that was replaced are good while it is known, and new ones need the new secret', async () => {
    const { token: old } = await tokens.sign('user1', 'sid-1');
    const secrets = ['one more secret of at least thirty-two letters', 'and a third secret, which nobody had before'];
    const rotated = createJwtTokens({
      secret: secrets[0] ?? '',
      previousSecrets: [secrets[1] ?? '', SECRET],
      ttlMs: TTL_MS,
      clock,
    });
    expect((await rotated.verify(old)).userId).toBe('user1');
    const { token: fresh } = await rotated.sign('user1', 'sid-1');
    await expect(tokens.verify(fresh)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    const forgotten = createJwtTokens({ secret: secrets[0] ?? '', ttlMs: TTL_MS, clock });
    await expect(forgotten.verify(old)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect((await forgotten.verify(fresh)).userId).toBe('user1');
  });

  it('of a secret that was replaced grow too old as any other', async () => {
    const { token } = await tokens.sign('user1', 'sid-1');
    const rotated = createJwtTokens({
      secret: 'one more secret of at least thirty-two letters',
      previousSecrets: [SECRET],
      ttlMs: TTL_MS,
      clock,
    });
    now += TTL_MS;
    await expect(rotated.verify(token)).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
  });

  it('are aged once half of their life is over', async () => {
    const { expiresAtMs } = await tokens.sign('user1', 'sid-1');
    const identity = { userId: 'user1', sid: 'sid-1', expiresAtMs };
    expect(tokens.isAged(identity)).toBe(false);
    now += TTL_MS / 2 + 1;
    expect(tokens.isAged(identity)).toBe(true);
    expect(tokens.isAged({ ...identity, foreign: { token: 'eyJ', userSid: 'u', siblingsUntilMs: now } })).toBe(false);
  });

  it.each([
    ['signed by somebody else', () => signed({ sub: 'user1', sid: 's', exp: inAnHour() }, new Uint8Array(32))],
    [
      'signed by somebody else and old',
      () => signed({ sub: 'user1', sid: 's', exp: inAnHour() - 7_200 }, new Uint8Array(32)),
    ],
    ['without a user', () => signed({ sid: 's', exp: inAnHour() })],
    ['without a session', () => signed({ sub: 'user1', exp: inAnHour() })],
    ['without an end', () => signed({ sub: 'user1', sid: 's' })],
    ['of a name nobody can have', () => signed({ sub: 'a:b', sid: 's', exp: inAnHour() })],
    ['with a session that is no session id', () => signed({ sub: 'user1', sid: 'a b', exp: inAnHour() })],
    [
      'with another algorithm',
      () =>
        new SignJWT({ sub: 'user1', sid: 's', exp: inAnHour() })
          .setProtectedHeader({ alg: 'HS512' })
          .sign(new Uint8Array(64)),
    ],
    [
      'without a signature',
      async () => `${btoa('{"alg":"none"}')}.${btoa('{"sub":"user1","sid":"s","exp":9999999999}')}.`,
    ],
    ['broken', async () => 'eyJ.a.b'],
    ['empty', async () => ''],
    ['a plain name', async () => 'user1'],
  ])('are refused when %s', async (_what, forge) => {
    await expect(tokens.verify(await forge())).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('are refused when one character was changed', async () => {
    const { token } = await tokens.sign('user1', 'sid-1');
    const [head = '', body = '', signature = ''] = token.split('.');
    const forged = [head, btoa(atob(body).replace('user1', 'user2')).replaceAll('=', ''), signature].join('.');
    await expect(tokens.verify(forged)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });
});
