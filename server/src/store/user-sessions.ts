/** The part of the Redis session store about names: leased, kept, ended, and the rooms that go with them. */
import { ChatError } from '../service/chat-error.ts';
import type { Claim, Identity, SessionStore } from '../service/ports.ts';
import { asArray, asText } from './replies.ts';
import { refuseRevoked, takeBackIfRevoked, type UserContext, unlessExpired } from './user-context.ts';
import type { UserReply } from './user-replies.ts';

type Sessions = Pick<SessionStore, 'claim' | 'touch' | 'enter' | 'exit' | 'rooms' | 'end'>;

/** Claim, touch, enter, exit, end. */
export function createUserSessions(context: UserContext): Sessions {
  const { commands, keys, run, hints, revocations, presenceTtlMs, closeGraceMs, tokenTtlMs } = context;

  return {
    async claim(userId, sid) {
      await hints.write(userId, presenceTtlMs);
      return toClaim(await run('user_claim', userId, [sid]));
    },
    async touch(identity) {
      await Promise.all([refuseRevoked(context, identity.sid), runOrCreate(context, identity, ['user_touch'])]);
    },
    async enter(identity, roomId) {
      return (await runOrCreate(context, identity, ['user_enter', roomId])).stamp;
    },
    async exit(userId, roomId, reason) {
      await hints.write(userId, closeGraceMs);
      return (await run('user_exit', userId, [roomId, reason])).stamp;
    },
    async rooms(userId) {
      const [members] = await commands.pipeline([['smembers', keys.rooms(userId)]]);
      return asArray(members, 'rooms')
        .map((room) => asText(room, 'rooms'))
        .sort();
    },
    async end({ userId, sid, expiresAtMs }) {
      await hints.write(userId, closeGraceMs);
      // A renewed token of the same session may live longer than the one shown here.
      await revocations.revoke(sid, Math.max(expiresAtMs - Date.now(), tokenTtlMs));
      const reply = await run('user_end', userId, [sid]);
      return { pending: reply.word === 'ended' ? reply.pending : [] };
    },
  };
}

/** Runs a script that may find no session; only then more than one call is needed. */
async function runOrCreate(
  context: UserContext,
  { userId, sid }: Identity,
  [name, ...args]: ['user_touch'] | ['user_enter', roomId: string],
): Promise<UserReply> {
  const first = unlessExpired(await context.run(name, userId, [sid, ...args, '0']));
  if (first.word !== 'again') return first;
  await Promise.all([refuseRevoked(context, sid), context.hints.write(userId, context.closeGraceMs)]);
  const second = unlessExpired(await context.run(name, userId, [sid, ...args, '1']));
  if (await takeBackIfRevoked(context, userId, sid)) throw new ChatError('SESSION_EXPIRED');
  return second;
}

function toClaim({ word, stamp, pending }: UserReply): Claim {
  if (word === 'claimed') return { status: 'claimed', stamp };
  if (word === 'inherited') return { status: 'inherited', pending };
  return { status: 'taken' };
}
