/** Tokens as JWTs: our own, signed with a shared secret (HS256), and those of another issuer where one is configured. */
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { isUserId, parseUserName } from '../protocol/index.ts';
import { ChatError } from '../service/chat-error.ts';
import type { Clock, Tokens } from '../service/ports.ts';
import type { Issuer } from './jwks-issuer.ts';

/**
 * Secrets are at least 32 characters. `secret` signs; tokens signed with one of `previousSecrets` are still good, until
 * they expire. A token of ours lives `ttlMs`.
 */
export type JwtTokensDeps = {
  secret: string;
  previousSecrets?: readonly string[];
  ttlMs: number;
  clock: Pick<Clock, 'nowMs'>;
  issuer?: Pick<Issuer, 'verify'> | null;
};

/** The one algorithm of ours: no key of an issuer is ever tried with it, and no secret with another. */
const ALGORITHM = 'HS256';

const Claims = Compile(
  Type.Object({
    sub: Type.String({ minLength: 1, maxLength: 80 }),
    sid: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }),
    exp: Type.Number({ minimum: 0 }),
  }),
);

/** Signs and checks tokens; knows nothing of sessions. */
export function createJwtTokens({ secret, previousSecrets = [], ttlMs, clock, issuer = null }: JwtTokensDeps): Tokens {
  const encode = (text: string) => new TextEncoder().encode(text);
  const key = encode(secret);
  const previous = previousSecrets.map(encode);

  /** Tries one secret after the other: the present one, then `others`. */
  async function readOwn(token: string, tried: Uint8Array, others: readonly Uint8Array[]): Promise<JWTPayload> {
    const options = { algorithms: [ALGORITHM], currentDate: new Date(clock.nowMs()) };
    try {
      return (await jwtVerify(token, tried, options)).payload;
    } catch (error) {
      const [next, ...rest] = others;
      if (next && error instanceof errors.JWSSignatureVerificationFailed) return readOwn(token, next, rest);
      return refuse(error);
    }
  }

  return {
    reservesNames: issuer !== null,
    isAged: ({ expiresAtMs, foreign }) => foreign === undefined && expiresAtMs - clock.nowMs() < ttlMs / 2,
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
      if (algorithmOf(token) !== ALGORITHM) {
        if (issuer === null) throw new ChatError('UNAUTHORIZED');
        return issuer.verify(token);
      }
      const payload = await readOwn(token, key, previous);
      if (!Claims.Check(payload) || !isUserId(payload.sub)) throw new ChatError('UNAUTHORIZED');
      // Signed before there was an issuer: the plain name is now for its people alone.
      if (issuer !== null && parseUserName(payload.sub) !== null) throw new ChatError('SESSION_EXPIRED');
      return { userId: payload.sub, sid: payload.sid, expiresAtMs: payload.exp * 1000 };
    },
  };
}

/** What the token claims; that it decides who is asked is no danger, since each of them takes its own algorithms alone. */
function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    return undefined;
  }
}

/** The signature is checked before the time, so only genuine tokens are ever called too old. */
function refuse(error: unknown): never {
  if (error instanceof errors.JWTExpired) throw new ChatError('SESSION_EXPIRED');
  if (error instanceof errors.JOSEError) throw new ChatError('UNAUTHORIZED');
  throw error;
}
