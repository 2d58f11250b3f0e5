/** What all parts of the Redis session store share: user scripts, hints, revocations and lifetimes. */
import { ChatError } from '../service/chat-error.ts';
import { createDueHints, type DueHints } from './due-hints.ts';
import type { Keys } from './keys.ts';
import type { AbsenceGuard } from './redis-absence.ts';
import type { RedisCommands } from './redis-commands.ts';
import { createRevocations, type Revocations } from './revocations.ts';
import type { UserReply } from './user-replies.ts';
import { createUserScripts, type RunUserScript } from './user-scripts.ts';

/** Lifetimes in ms. `closeGraceMs` must be longer than a command may take: no hint is due sooner. */
export type SessionStoreOptions = {
  presenceTtlMs: number;
  sessionTtlMs: number;
  tokenTtlMs: number;
  closeGraceMs: number;
};

/** What the store needs. `oneServer` is false on Redis Cluster. */
export type RedisSessionStoreDeps = SessionStoreOptions & {
  commands: RedisCommands;
  keys: Keys;
  guard: AbsenceGuard;
  oneServer: boolean;
};

/** The parts, made once. */
export type UserContext = RedisSessionStoreDeps & { run: RunUserScript; hints: DueHints; revocations: Revocations };

/** Makes the parts. */
export function createUserContext(deps: RedisSessionStoreDeps): UserContext {
  return {
    ...deps,
    run: createUserScripts(deps),
    hints: createDueHints({ ...deps, marginMs: Math.ceil(deps.closeGraceMs) }),
    revocations: createRevocations(deps),
  };
}

/** Passes on the answer of a script unless the name has gone to another session. */
export function unlessExpired(reply: UserReply): UserReply {
  if (reply.word === 'expired') throw new ChatError('SESSION_EXPIRED');
  return reply;
}

/** Rejects with SESSION_EXPIRED where the session was ended for good. */
export async function refuseRevoked({ revocations }: UserContext, sid: string): Promise<void> {
  if (await revocations.isRevoked(sid)) throw new ChatError('SESSION_EXPIRED');
}

/** A session was made anew: was it ended for good meanwhile? Then it is taken back. */
export async function takeBackIfRevoked(context: UserContext, userId: string, sid: string): Promise<boolean> {
  if (!(await context.revocations.isRevoked(sid))) return false;
  await context.run('user_end', userId, [sid]);
  return true;
}
