/** Another issuer's tokens: its public keys by JWKS, kept while it is away, and what its claims mean here. */
import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { parseUserName } from '../protocol/index.ts';
import { ChatError } from '../service/chat-error.ts';
import type { Clock, Failures, Identity } from '../service/ports.ts';

/** Whose tokens are taken. `algorithms` are asymmetric ones only. `userClaim` names the claim that holds the user id. */
export type IssuerSettings = {
  jwksUrl: string;
  issuer: string;
  audience: string;
  algorithms: readonly string[];
  userClaim: string;
  /** `login`: each `sid` of the issuer is a session; `user`: all tokens of a user are one. */
  sessions: 'login' | 'user';
  /** No token of the issuer lives longer. */
  maxTtlMs: number;
};
export type IssuerDeps = { settings: IssuerSettings; clock: Pick<Clock, 'nowMs'>; failures: Failures };

/** One issuer. */
export interface Issuer {
  /** As `Tokens.verify`. */
  verify(token: string): Promise<Identity>;
  close(): void;
}

/** With the pause below, no longer than what a port may take (3 s). */
const FETCH_TIMEOUT_MS = 1_900;
/** How often the set is read at most because of keys that it does not hold: they may be new, or made up. */
const UNKNOWN_KEY_PAUSE_MS = 1_000;
/** How often the set is read anew, so that a key that was withdrawn is no longer good. */
const RELOAD_MS = 600_000;
/** No time further away is told, or handed to Redis. */
const LONGEST_MS = 10 * 365 * 86_400_000;
/** How far its clock may be ahead of ours for a token to be good at once. An end is an end. */
const CLOCK_TOLERANCE_S = 5;
const SID = /^[A-Za-z0-9_-]{1,64}$/;

/** Starts without the issuer; its keys, once read, are good for as long as it is away. */
export function createJwksIssuer({ settings, clock, failures }: IssuerDeps): Issuer {
  const remote = createRemoteJWKSet(new URL(settings.jwksUrl), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: UNKNOWN_KEY_PAUSE_MS,
    cacheMaxAge: Number.POSITIVE_INFINITY,
  });
  const report = (error: unknown) => failures.report('tokens.jwks', error);
  const reload = () => void remote.reload().catch(report);
  const timer = setInterval(reload, RELOAD_MS).unref();
  reload();

  let pause: Promise<void> | null = null;
  /** Whoever comes with an unknown key right after the set was read waits for the next time that it may be. */
  function untilNextRead(): Promise<void> {
    pause ??= new Promise<void>((resolve) => setTimeout(resolve, UNKNOWN_KEY_PAUSE_MS)).finally(() => {
      pause = null;
    });
    return pause;
  }

  const keyFor: JWTVerifyGetKey = async (header, jws) => {
    try {
      return await remote(header, jws).catch(async (error: unknown) => {
        if (!(error instanceof errors.JWKSNoMatchingKey) || !remote.coolingDown) throw error;
        await untilNextRead();
        return remote(header, jws);
      });
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      // Whether the token is good cannot be said now; that is no reason to send its owner away.
      report(error);
      throw new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 1_000 });
    }
  };

  async function read(token: string, options: JWTVerifyOptions): Promise<JWTPayload> {
    try {
      return (await jwtVerify(token, keyFor, options)).payload;
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) return readWithAny(token, error, options);
      throw error;
    }
  }

  return {
    async verify(token) {
      const { issuer, audience, algorithms } = settings;
      const nowMs = clock.nowMs();
      const payload = await read(token, {
        ...{ issuer, audience, algorithms: [...algorithms], requiredClaims: ['exp'] },
        ...{ clockTolerance: CLOCK_TOLERANCE_S, currentDate: new Date(nowMs) },
      }).catch((error: unknown) => refuse(error, report));
      return toIdentity(settings, { token, payload, nowMs });
    },
    close: () => clearInterval(timer),
  };
}

/** A token that names no key may be of each that fits: while an issuer replaces its key there are two. */
async function readWithAny(
  token: string,
  keys: errors.JWKSMultipleMatchingKeys,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  for await (const key of keys) {
    try {
      return (await jwtVerify(token, key, options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}

/** Signature, issuer and audience are checked before the time, so only genuine tokens are ever called too old. */
function refuse(error: unknown, report: (error: unknown) => void): never {
  if (error instanceof ChatError) throw error;
  if (error instanceof errors.JWTExpired) throw new ChatError('SESSION_EXPIRED');
  // A key of the set that cannot be used with the token: the issuer's mistake, and no proof.
  if (!(error instanceof errors.JOSEError)) report(error);
  throw new ChatError('UNAUTHORIZED');
}

type Verified = { token: string; payload: JWTPayload; nowMs: number };

async function toIdentity(settings: IssuerSettings, { token, payload, nowMs }: Verified): Promise<Identity> {
  const { sid, iat = 0, exp = 0 } = payload;
  if (exp * 1000 <= nowMs) throw new ChatError('SESSION_EXPIRED');
  const userId = payload[settings.userClaim];
  // No suffix either: `name#1234` are ours to give.
  if (typeof userId !== 'string' || parseUserName(userId) !== userId) throw new ChatError('UNAUTHORIZED');
  const expiresAtMs = Math.min(exp * 1000, nowMs + LONGEST_MS);
  const userSid = await sidFrom(settings.issuer, 'user', userId);
  const proof = { token, userSid, siblingsUntilMs: nowMs + settings.maxTtlMs };
  if (settings.sessions === 'login' && typeof sid === 'string' && sid !== '') {
    return {
      userId,
      sid: SID.test(sid) ? sid : await sidFrom(settings.issuer, 'sid', sid),
      expiresAtMs,
      foreign: proof,
    };
  }
  const foreign = { ...proof, issuedAtMs: iat * 1000 };
  return { userId, sid: userSid, expiresAtMs, foreign };
}

/** The same for the same parts, on every node and for every token. */
async function sidFrom(...parts: string[]): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(parts)));
  return Buffer.from(hash).toString('base64url');
}
