/** Sessions, connections and presence of users in Redis: what is pending, what is due, and the other parts put together. */
import type { SessionStore } from '../service/ports.ts';
import { scanIds } from './scan-ids.ts';
import { createUserConnections } from './user-connections.ts';
import { createUserContext, type RedisSessionStoreDeps } from './user-context.ts';
import { createUserSessions } from './user-sessions.ts';

/** The session store of production. Lives as long as its connection; nothing to close. */
export function createRedisSessionStore(deps: RedisSessionStoreDeps): SessionStore {
  const context = createUserContext(deps);
  const { run, hints, guard } = context;

  return {
    ...createUserSessions(context),
    ...createUserConnections(context),
    async settle({ roomId, stamp, leave }, isUnsure = false) {
      const field = leave === null ? 'presence' : roomId;
      const kind = leave !== null ? 'leave' : isUnsure ? 'unsure' : 'presence';
      await run('user_settle', stamp.userId, [field, String(stamp.revision), kind]);
    },
    async forget(userId, roomId, isUnsure = false) {
      await run('user_forget', userId, [roomId, isUnsure ? 'unsure' : 'sure']);
    },
    async withdraw({ userId, revision }, roomId) {
      await run('user_withdraw', userId, [roomId, String(revision)]);
    },
    async lapse(userIds) {
      const replies = await Promise.all(userIds.map((userId) => run('user_lapse', userId, [])));
      return {
        pending: replies.flatMap(({ word, pending }) => (word === 'unsure' ? [] : pending)),
        nextMs: replies.map(({ word, nextMs }) => (word === 'unsure' ? null : nextMs)),
      };
    },
    async due(limit) {
      return (await guard.certainUntilMs()) === 0 ? [] : hints.take(limit);
    },
    reschedule: (taken) => hints.move(taken),
    async restoreHints() {
      let added = 0;
      for await (const userIds of scanIds(deps.commands, deps.keys.rooms)) added += await hints.restore(userIds);
      return added;
    },
    async disown(roomId, userIds) {
      const listed = await deps.commands.pipeline(
        userIds.map((userId) => ['sismember', deps.keys.rooms(userId), roomId] as const),
      );
      const suspects = userIds.filter((_, i) => listed[i] === 0);
      const replies = await Promise.all(suspects.map((userId) => run('user_disown', userId, [roomId])));
      return replies.flatMap(({ word, stamp }) => (word === 'stray' ? [stamp] : []));
    },
  };
}
