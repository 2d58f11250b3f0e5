/** Sessions that were ended for good: `revoked:{sid}` exists until every token of the session has expired. */
import type { Identity } from '../service/ports.ts';
import { createBatcher } from './batch.ts';
import type { Keys } from './keys.ts';
import type { RedisCommands } from './redis-commands.ts';
import { asArray } from './replies.ts';

/** What is known of ended sessions. */
export interface Revocations {
  /** Whether the session was ended for good, after this token was issued if its sid outlives a log-out. `canWait` as in a batch. */
  isRevoked(identity: Pick<Identity, 'sid' | 'foreign'>, canWait?: boolean): Promise<boolean>;
  /** Ends it for good, until no token of it lives. */
  revoke(identity: Omit<Identity, 'userId'>): Promise<void>;
}

/** What revocations need. `oneServer`: all keys may stand in one command. `tokenTtlMs`: life of a token of ours. */
export type RevocationsDeps = { commands: RedisCommands; keys: Keys; oneServer: boolean; tokenTtlMs: number };

const MOST_SIDS = 100;
const SECOND_MS = 1_000;
/** What an operator writes by hand (`SET revoked:<sid> 1`) is no time, and ends every token of the session. */
const FIRST_TIME_MS = 1e12;

/** A log-out: from when on tokens may have been issued that are good again, and until when it has to be known. Unix ms. */
export type Revocation = { goodFromMs: number; untilMs: number };

type Times = { nowMs: number; tokenTtlMs: number };

/** Issuers tell time in whole seconds, and their clock may be ahead of ours: the token that is shown is over in any case. */
export function revocationOf(
  { expiresAtMs, foreign }: Omit<Identity, 'userId'>,
  { nowMs, tokenTtlMs }: Times,
): Revocation {
  const afterShownMs = foreign?.issuedAtMs === undefined ? 0 : foreign.issuedAtMs + SECOND_MS;
  return {
    goodFromMs: Math.max(Math.floor(nowMs / SECOND_MS) * SECOND_MS, afterShownMs),
    // Other tokens of the session may live longer than the one shown here.
    untilMs: Math.max(expiresAtMs, nowMs + tokenTtlMs, foreign?.siblingsUntilMs ?? 0),
  };
}

/** The value is the time from when on tokens are good again, in Unix ms. Questions of one turn are one MGET, on a cluster one GET each. */
export function createRevocations({ commands, keys, oneServer, tokenTtlMs }: RevocationsDeps): Revocations {
  async function read(sids: readonly string[]): Promise<unknown[]> {
    const names = sids.map((sid) => keys.revoked(sid));
    if (!oneServer) return commands.pipeline(names.map((name) => ['get', name] as const));
    const [values] = await commands.pipeline([['mget', ...names]]);
    return asArray(values, 'revocations');
  }

  const revokedAt = createBatcher<string, unknown>(MOST_SIDS, (_, sids) => read(sids));
  return {
    async isRevoked({ sid, foreign }, canWait) {
      const value = await revokedAt('', sid, canWait);
      if (value === null) return false;
      const issuedAtMs = foreign?.issuedAtMs ?? 0;
      return !(Number(value) >= FIRST_TIME_MS && issuedAtMs >= Number(value));
    },
    async revoke(identity) {
      const nowMs = Date.now();
      const { goodFromMs, untilMs } = revocationOf(identity, { nowMs, tokenTtlMs });
      const ttlMs = Math.max(1, Math.ceil(untilMs - nowMs));
      await commands.pipeline([['set', keys.revoked(identity.sid), String(goodFromMs), 'PX', ttlMs]]);
    },
  };
}
