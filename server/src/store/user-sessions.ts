/** The part of the Redis session store about names: leased, kept, ended, and the rooms that go with them. */
import { ChatError } from '../service/chat-error.ts';
import type { Claim, Identity, SessionStore } from '../service/ports.ts';
import { asArray, asText } from './replies.ts';
import { holdsLook, keepsAnew, refuseRevoked, type UserContext, unlessExpired } from './user-context.ts';
import type { UserReply } from './user-replies.ts';

type Sessions = Pick<SessionStore, 'claim' | 'touch' | 'prolong' | 'enter' | 'exit' | 'rooms' | 'end'>;

/** Claim, touch, prolong, enter, exit, end. */
export function createUserSessions(context: UserContext): Sessions {
  const { commands, keys, run, hints, revocations, looks, presenceTtlMs, closeGraceMs } = context;

  async function touch(identity: Identity): Promise<void> {
    await Promise.all([refuseRevoked(context, identity), runOrCreate(context, identity, ['user_touch'])]);
  }

  return {
    async claim(userId, sid) {
      // First: where memory is full the hint is refused, and the claim, which deletes before it writes, would not be.
      await hints.write(userId, presenceTtlMs);
      const claim = toClaim(await run('user_claim', userId, [sid]));
      if (claim.status !== 'claimed' || (await looks.hold(userId))) return claim;
      await run('user_end', userId, [sid]);
      return { status: 'taken' };
    },
    touch,
    async prolong(identity) {
      await touch(identity);
      if (!(await holdsLook(context, identity))) throw new ChatError('SESSION_EXPIRED');
    },
    async enter(identity, roomId) {
      const { stamp, word } = await runOrCreate(context, identity, ['user_enter', roomId]);
      return { ...stamp, wasMember: word === 'member' };
    },
    async exit(userId, roomId, reason) {
      await hints.write(userId, closeGraceMs);
      const { stamp, word } = await run('user_exit', userId, [roomId, reason]);
      return { ...stamp, wasMember: word === 'member' };
    },
    async rooms(userId) {
      const [members] = await commands.pipeline([['smembers', keys.rooms(userId)]]);
      return asArray(members, 'rooms')
        .map((room) => asText(room, 'rooms'))
        .sort();
    },
    async end(identity) {
      const { userId, sid } = identity;
      await hints.write(userId, closeGraceMs);
      await revocations.revoke(identity);
      const reply = await run('user_end', userId, [sid]);
      return { pending: reply.word === 'ended' ? reply.pending : [] };
    },
  };
}

/** Runs a script that may find no session; only then more than one call is needed. */
async function runOrCreate(
  context: UserContext,
  identity: Identity,
  [name, ...args]: ['user_touch'] | ['user_enter', roomId: string],
): Promise<UserReply> {
  const { userId, sid } = identity;
  const first = unlessExpired(await context.run(name, userId, [sid, ...args, '0']));
  if (first.word !== 'again') return first;
  await Promise.all([refuseRevoked(context, identity), context.hints.write(userId, context.closeGraceMs)]);
  const second = unlessExpired(await context.run(name, userId, [sid, ...args, '1']));
  if (!(await keepsAnew(context, identity))) throw new ChatError('SESSION_EXPIRED');
  return second;
}

function toClaim({ word, stamp, pending }: UserReply): Claim {
  if (word === 'claimed') return { status: 'claimed', stamp };
  if (word === 'inherited') return { status: 'inherited', pending };
  return { status: 'taken' };
}
