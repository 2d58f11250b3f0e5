/** What all parts of the Redis session store share: user scripts, hints, revocations and lifetimes. */
import { ChatError } from '../service/chat-error.ts';
import type { Identity } from '../service/ports.ts';
import { createDueHints, type DueHints } from './due-hints.ts';
import type { Keys } from './keys.ts';
import { createNameLooks, type NameLooks } from './name-looks.ts';
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
  guard: Pick<AbsenceGuard, 'certainUntilMs'>;
  oneServer: boolean;
};

/** The parts, made once. */
export type UserContext = RedisSessionStoreDeps & {
  run: RunUserScript;
  hints: DueHints;
  revocations: Revocations;
  looks: NameLooks;
};

/** Makes the parts. */
export function createUserContext(deps: RedisSessionStoreDeps): UserContext {
  return {
    ...deps,
    run: createUserScripts(deps),
    hints: createDueHints({ ...deps, marginMs: Math.ceil(deps.closeGraceMs) }),
    revocations: createRevocations(deps),
    looks: createNameLooks({ ...deps, ttlMs: deps.tokenTtlMs + deps.sessionTtlMs }),
  };
}

/** Passes on the answer of a script unless the name has gone to another session. */
export function unlessExpired(reply: UserReply): UserReply {
  if (reply.word === 'expired') throw new ChatError('SESSION_EXPIRED');
  return reply;
}

/** Rejects with SESSION_EXPIRED where the session was ended for good. `canWait` as in a batch. */
export async function refuseRevoked({ revocations }: UserContext, identity: Identity, canWait = false): Promise<void> {
  if (await revocations.isRevoked(identity, canWait)) throw new ChatError('SESSION_EXPIRED');
}

/** Whether no live session has a name that looks the same; an issuer keeps its own names apart. */
export async function holdsLook({ looks }: UserContext, { userId, foreign }: Identity): Promise<boolean> {
  return foreign !== undefined || looks.hold(userId);
}

/** A session was made anew. Was it ended for good meanwhile, or its look given away? Then it is taken back: false. */
export async function keepsAnew(context: UserContext, identity: Identity): Promise<boolean> {
  const [isRevoked, isAlone] = await Promise.all([
    context.revocations.isRevoked(identity),
    holdsLook(context, identity),
  ]);
  if (!isRevoked && isAlone) return true;
  await context.run('user_end', identity.userId, [identity.sid]);
  return false;
}
