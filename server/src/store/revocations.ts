/** Sessions that were ended for good: `revoked:{sid}` exists until every token of the session has expired. */
import { createBatcher } from './batch.ts';
import type { Keys } from './keys.ts';
import type { RedisCommands } from './redis-commands.ts';

/** What is known of ended sessions. */
export interface Revocations {
  /** Whether the session was ended for good. */
  isRevoked(sid: string): Promise<boolean>;
  /** Ends it for good, for `ttlMs`. */
  revoke(sid: string, ttlMs: number): Promise<void>;
}

/** What revocations need. `oneServer`: all keys may stand in one command. */
export type RevocationsDeps = { commands: RedisCommands; keys: Keys; oneServer: boolean };

const MOST_SIDS = 100;

/** Questions of one turn are one EXISTS, and only if that finds one, one for each. */
export function createRevocations({ commands, keys, oneServer }: RevocationsDeps): Revocations {
  async function ask(sids: readonly string[]): Promise<boolean[]> {
    const names = sids.map((sid) => keys.revoked(sid));
    if (oneServer) {
      const [found] = await commands.pipeline([['exists', ...names]]);
      if (found === 0) return sids.map(() => false);
    }
    const found = await commands.pipeline(names.map((name) => ['exists', name] as const));
    return found.map((count) => count === 1);
  }

  const isRevoked = createBatcher<string, boolean>(MOST_SIDS, (_, sids) => ask(sids));
  return {
    isRevoked: (sid) => isRevoked('', sid),
    async revoke(sid, ttlMs) {
      await commands.pipeline([['set', keys.revoked(sid), '1', 'PX', Math.max(1, Math.ceil(ttlMs))]]);
    },
  };
}
