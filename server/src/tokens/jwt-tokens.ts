/** Tokens as JWTs signed with a shared secret (HS256): `sub` is the user, `sid` the session, `exp` the end. */
import { errors, jwtVerify, SignJWT } from 'jose';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { isUserId } from '../protocol/index.ts';
import { ChatError } from '../service/chat-error.ts';
import type { Clock, Tokens } from '../service/ports.ts';

/** `secret` is at least 32 characters; a token lives `ttlMs`. */
export type JwtTokensDeps = { secret: string; ttlMs: number; clock: Pick<Clock, 'nowMs'> };

const ALGORITHM = 'HS256';

const Claims = Compile(
  Type.Object({
    sub: Type.String({ minLength: 1, maxLength: 80 }),
    sid: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }),
    exp: Type.Number({ minimum: 0 }),
  }),
);

/** Signs and checks tokens with one secret; knows nothing of sessions. */
export function createJwtTokens({ secret, ttlMs, clock }: JwtTokensDeps): Tokens {
  const key = new TextEncoder().encode(secret);

  return {
    async sign(userId, sid) {
      const nowSeconds = Math.floor(clock.nowMs() / 1000);
      const exp = nowSeconds + Math.max(1, Math.ceil(ttlMs / 1000));
      const token = await new SignJWT({ sid })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setSubject(userId)
        .setIssuedAt(nowSeconds)
        .setExpirationTime(exp)
        .sign(key);
      return { token, expiresAtMs: exp * 1000 };
    },
    async verify(token) {
      const options = { algorithms: [ALGORITHM], currentDate: new Date(clock.nowMs()) };
      const { payload } = await jwtVerify(token, key, options).catch(refuse);
      if (!Claims.Check(payload) || !isUserId(payload.sub)) throw new ChatError('UNAUTHORIZED');
      return { userId: payload.sub, sid: payload.sid, expiresAtMs: payload.exp * 1000 };
    },
  };
}

/** The signature is checked before the time, so only our own tokens are ever called too old. */
function refuse(error: unknown): never {
  if (error instanceof errors.JWTExpired) throw new ChatError('SESSION_EXPIRED');
  if (error instanceof errors.JOSEError) throw new ChatError('UNAUTHORIZED');
  throw error;
}
