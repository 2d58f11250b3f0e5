/** Sessions that were ended for good: `revoked:{sid}` exists until every token of the session has expired. */
import type { Identity } from '../service/ports.ts';
import { createBatcher } from './batch.ts';
import type { Keys } from './keys.ts';
import type { RedisCommands } from './redis-commands.ts';
import { asArray } from './replies.ts';

/** What is known of ended sessions. */
export interface Revocations {
  /** Whether the session was ended for good, after this token was issued if its sid outlives a log-out. */
  isRevoked(identity: Pick<Identity, 'sid' | 'foreign'>): Promise<boolean>;
  /** Ends it for good, for `ttlMs`. */
  revoke(identity: Pick<Identity, 'sid' | 'foreign'>, ttlMs: number): Promise<void>;
}

/** What revocations need. `oneServer`: all keys may stand in one command. */
export type RevocationsDeps = { commands: RedisCommands; keys: Keys; oneServer: boolean };

const MOST_SIDS = 100;
/** What an operator writes by hand (`SET revoked:<sid> 1`) is no time, and ends every token of the session. */
const FIRST_TIME_MS = 1e12;

/** The value is the time, in Unix ms. Questions of one turn are one MGET, on a cluster one GET each. */
export function createRevocations({ commands, keys, oneServer }: RevocationsDeps): Revocations {
  async function read(sids: readonly string[]): Promise<unknown[]> {
    const names = sids.map((sid) => keys.revoked(sid));
    if (!oneServer) return commands.pipeline(names.map((name) => ['get', name] as const));
    const [values] = await commands.pipeline([['mget', ...names]]);
    return asArray(values, 'revocations');
  }

  const revokedAt = createBatcher<string, unknown>(MOST_SIDS, (_, sids) => read(sids));
  return {
    async isRevoked({ sid, foreign }) {
      const value = await revokedAt('', sid);
      if (value === null) return false;
      const issuedAtMs = foreign?.issuedAtMs ?? 0;
      return !(Number(value) >= FIRST_TIME_MS && issuedAtMs > Number(value));
    },
    async revoke({ sid, foreign }, ttlMs) {
      // The clock of the issuer may be ahead of ours: the token that was shown is over in any case.
      const nowMs = Math.max(Date.now(), foreign?.issuedAtMs ?? 0);
      await commands.pipeline([['set', keys.revoked(sid), String(nowMs), 'PX', Math.max(1, Math.ceil(ttlMs))]]);
    },
  };
}
