/** The part of the Redis session store about connections: opened, renewed, closed. */
import { ChatError } from '../service/chat-error.ts';
import type { OpenConnection, PendingEffect, SessionStore } from '../service/ports.ts';
import { keepsAnew, refuseRevoked, type UserContext, unlessExpired } from './user-context.ts';
import type { UserReply } from './user-replies.ts';

type Connections = Pick<SessionStore, 'open' | 'renew' | 'close'>;

/** Open, renew, close. */
export function createUserConnections(context: UserContext): Connections {
  const { run, hints, revocations, presenceTtlMs } = context;

  async function renewOne(connection: OpenConnection): Promise<UserReply> {
    const { userId, sid, connectionId } = connection;
    // A close may overtake the script: that is why a closing connection has another name, which this does not renew.
    const [first, isRevoked] = await Promise.all([
      run('user_renew', userId, [sid, connectionId, '0']),
      revocations.isRevoked(connection),
    ]);
    if (isRevoked) return { ...first, word: 'expired' };
    if (first.word !== 'again') return first;
    await hints.write(userId, presenceTtlMs);
    const second = await run('user_renew', userId, [sid, connectionId, '1']);
    const isOver = second.word === 'created' && !(await keepsAnew(context, connection));
    return isOver ? { ...second, word: 'expired' } : second;
  }

  return {
    async open(identity, connectionId) {
      const { userId, sid } = identity;
      await Promise.all([refuseRevoked(context, identity, true), hints.write(userId, presenceTtlMs, true)]);
      const { word, pending } = unlessExpired(await run('user_open', userId, [sid, connectionId]));
      if (word === 'created' && !(await keepsAnew(context, identity))) throw new ChatError('SESSION_EXPIRED');
      return { pending };
    },
    async renew(connections) {
      const replies = await Promise.all(connections.map(renewOne));
      const states = replies.map(stateOf);
      return {
        states,
        pending: onePerRoom(replies.flatMap(({ pending }, i) => (states[i] === 'alive' ? pending : []))),
      };
    },
    async close({ userId, sid, connectionId }, graceMs) {
      await hints.write(userId, graceMs);
      await run('user_close', userId, [sid, connectionId, Math.max(0, Math.round(graceMs))]);
    },
  };
}

function stateOf({ word }: UserReply): 'alive' | 'lost' | 'expired' {
  return word === 'lost' || word === 'expired' ? word : 'alive';
}

/** Two connections of one user in a batch answer the same effects. */
function onePerRoom(effects: readonly PendingEffect[]): PendingEffect[] {
  return [...new Map(effects.map((effect) => [`${effect.stamp.userId}:${effect.roomId}`, effect])).values()];
}
