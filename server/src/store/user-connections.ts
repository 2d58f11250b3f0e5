/** The part of the Redis session store about connections: opened, renewed, closed. */
import { ChatError } from '../service/chat-error.ts';
import type { OpenConnection, PendingEffect, SessionStore } from '../service/ports.ts';
import { refuseRevoked, takeBackIfRevoked, type UserContext, unlessExpired } from './user-context.ts';
import type { UserReply } from './user-replies.ts';

type Connections = Pick<SessionStore, 'open' | 'renew' | 'close'>;

/** Open, renew, close. */
export function createUserConnections(context: UserContext): Connections {
  const { run, hints, revocations, presenceTtlMs } = context;

  async function renewOne({ userId, sid, connectionId }: OpenConnection): Promise<UserReply | null> {
    // A close may overtake the script: that is why a closing connection has another name, which this does not renew.
    const [first, isRevoked] = await Promise.all([
      run('user_renew', userId, [sid, connectionId, '0']),
      revocations.isRevoked(sid),
    ]);
    if (isRevoked || first.word === 'lost') return null;
    if (first.word === 'alive') return first;
    await hints.write(userId, presenceTtlMs);
    const second = await run('user_renew', userId, [sid, connectionId, '1']);
    if (await takeBackIfRevoked(context, userId, sid)) return null;
    return second.word === 'lost' ? null : second;
  }

  return {
    async open({ userId, sid }, connectionId) {
      await Promise.all([refuseRevoked(context, sid), hints.write(userId, presenceTtlMs)]);
      const { word, pending } = unlessExpired(await run('user_open', userId, [sid, connectionId]));
      if (word === 'created' && (await takeBackIfRevoked(context, userId, sid))) throw new ChatError('SESSION_EXPIRED');
      return { pending };
    },
    async renew(connections) {
      const replies = await Promise.all(connections.map(renewOne));
      return {
        states: replies.map((reply) => (reply === null ? 'lost' : 'alive')),
        pending: onePerRoom(replies.flatMap((reply) => reply?.pending ?? [])),
      };
    },
    async close({ userId, sid, connectionId }, graceMs) {
      await hints.write(userId, graceMs);
      await run('user_close', userId, [sid, connectionId, Math.max(0, Math.round(graceMs))]);
    },
  };
}

/** Two connections of one user in a batch answer the same effects. */
function onePerRoom(effects: readonly PendingEffect[]): PendingEffect[] {
  return [...new Map(effects.map((effect) => [`${effect.stamp.userId}:${effect.roomId}`, effect])).values()];
}
