/** The session store in memory, for tests and benches: the same contract as in Redis, for one process. */
import { ChatError } from '../service/chat-error.ts';
import type { Clock, Identity, OpenConnection, PendingEffect, SessionStore } from '../service/ports.ts';
import { lookOf } from './look-of.ts';
import { MemoryUser } from './memory-user.ts';
import { type Revocation, revocationOf } from './revocations.ts';
import type { SessionStoreOptions } from './user-context.ts';

/** `isCertain` answers false while the source of truth may have been away; always true by default. */
export type MemorySessionStoreDeps = SessionStoreOptions & { clock: Pick<Clock, 'nowMs'>; isCertain?: () => boolean };

type State = {
  deps: MemorySessionStoreDeps;
  users: Map<string, MemoryUser>;
  revoked: Map<string, Revocation>;
  /** Who holds a look, as `name-looks.ts`. */
  looks: Map<string, string>;
  due: Map<string, number>;
};

/** Nothing to close. */
export function createMemorySessionStore(deps: MemorySessionStoreDeps): SessionStore {
  const state: State = { deps, users: new Map(), revoked: new Map(), looks: new Map(), due: new Map() };
  return { ...sessionsOf(state), ...connectionsOf(state), ...pendingOf(state) };
}

function isCertain({ deps }: State): boolean {
  return deps.isCertain?.() ?? true;
}

function userOf({ users }: State, userId: string): MemoryUser {
  const known = users.get(userId);
  if (known) return known;
  const user = new MemoryUser(userId);
  users.set(userId, user);
  return user;
}

function isRevoked({ revoked, deps }: State, { sid, foreign }: Identity): boolean {
  const revocation = revoked.get(sid);
  if (revocation === undefined || revocation.untilMs <= deps.clock.nowMs()) return false;
  return (foreign?.issuedAtMs ?? 0) < revocation.goodFromMs;
}

/** As `createNameLooks`. */
function holdLook({ looks, users, deps }: State, userId: string): boolean {
  const look = lookOf(userId);
  const holder = looks.get(look) ?? userId;
  if (look === '' || (holder !== userId && users.get(holder)?.liveSession(deps.clock.nowMs()))) return false;
  looks.set(look, userId);
  return true;
}

/** As `due_hint.lua`: never due before the margin, only ever nearer, always other than a score that was taken. */
function hint({ due, deps }: State, userId: string, delayMs: number): void {
  const nowMs = deps.clock.nowMs();
  const wanted = nowMs + Math.max(delayMs, deps.closeGraceMs);
  const known = due.get(userId);
  due.set(userId, known === undefined ? wanted : Math.min(wanted, Math.max(known, nowMs + deps.closeGraceMs)));
}

/** The user with a session of this sid, made anew if it had lapsed. */
function keepSession(state: State, identity: Identity, keepsRooms: boolean) {
  const { userId, sid, foreign } = identity;
  const nowMs = state.deps.clock.nowMs();
  if (isRevoked(state, identity)) throw new ChatError('SESSION_EXPIRED');
  const user = userOf(state, userId);
  const known = user.liveSession(nowMs);
  if (known && known.sid !== sid) throw new ChatError('SESSION_EXPIRED');
  if (!known && !foreign && !holdLook(state, userId)) throw new ChatError('SESSION_EXPIRED');
  if (!known && !keepsRooms && isCertain(state)) user.endMemberships('expired', nowMs);
  const session = known ?? user.createSession(sid, nowMs, { isUsed: true, ttlMs: state.deps.sessionTtlMs });
  session.expiresMs = nowMs + state.deps.sessionTtlMs;
  return { user, session, nowMs };
}

function sessionsOf(
  state: State,
): Pick<SessionStore, 'claim' | 'touch' | 'prolong' | 'enter' | 'exit' | 'rooms' | 'end'> {
  const { deps } = state;
  async function touch(identity: Identity): Promise<void> {
    hint(state, identity.userId, deps.sessionTtlMs);
    const isOnline = userOf(state, identity.userId).latestDeadline() > deps.clock.nowMs();
    keepSession(state, identity, isOnline).session.isUsed = true;
  }

  return {
    touch,
    prolong: touch,
    async claim(userId, sid) {
      hint(state, userId, deps.presenceTtlMs);
      const nowMs = deps.clock.nowMs();
      const user = userOf(state, userId);
      const session = user.liveSession(nowMs);
      if (session?.sid === sid) return { status: 'claimed', stamp: user.stamp(nowMs) };
      if (session?.isUsed || user.latestDeadline() > nowMs) return { status: 'taken' };
      if (!isCertain(state) && (session || user.rooms.size > 0)) return { status: 'taken' };
      if (!holdLook(state, userId)) return { status: 'taken' };
      user.endSession();
      if (user.rooms.size > 0) {
        user.endMemberships('expired', nowMs);
        return { status: 'inherited', pending: user.effects(nowMs) };
      }
      user.createSession(sid, nowMs, { isUsed: false, ttlMs: deps.sessionTtlMs });
      user.connections.set('claim', nowMs + deps.presenceTtlMs);
      user.changeStatus('online', nowMs);
      return { status: 'claimed', stamp: user.stamp(nowMs) };
    },
    async enter(identity, roomId) {
      hint(state, identity.userId, deps.sessionTtlMs);
      const { user, session, nowMs } = keepSession(state, identity, true);
      const wasMember = user.enter(session, roomId, nowMs);
      return { ...user.stamp(nowMs), wasMember };
    },
    async exit(userId, roomId, reason) {
      hint(state, userId, deps.closeGraceMs);
      const user = userOf(state, userId);
      user.raise(deps.clock.nowMs());
      const wasMember = user.rooms.has(roomId);
      if (wasMember) user.pending.set(roomId, `leave:${reason}@${user.revision}`);
      return { ...user.stamp(deps.clock.nowMs()), wasMember };
    },
    rooms: async (userId) => [...userOf(state, userId).rooms].sort(),
    async end(identity) {
      const { userId, sid } = identity;
      hint(state, userId, deps.closeGraceMs);
      const nowMs = deps.clock.nowMs();
      state.revoked.set(sid, revocationOf(identity, { nowMs, tokenTtlMs: deps.tokenTtlMs }));
      const user = userOf(state, userId);
      const session = user.liveSession(nowMs);
      if (session && session.sid !== sid) return { pending: [] };
      user.endSession();
      user.endMemberships('left', nowMs);
      return { pending: user.effects(nowMs) };
    },
  };
}

function connectionsOf(state: State): Pick<SessionStore, 'open' | 'renew' | 'close'> {
  const { deps } = state;

  function add(user: MemoryUser, connectionId: string, nowMs: number): void {
    user.connections.set(connectionId, nowMs + deps.presenceTtlMs);
    user.changeStatus('online', nowMs);
  }

  function renewOne(connection: OpenConnection): PendingEffect[] | 'lost' | 'expired' {
    const { userId, sid, connectionId } = connection;
    const user = userOf(state, userId);
    const session = user.liveSession(deps.clock.nowMs());
    if (isRevoked(state, connection) || (session && session.sid !== sid)) return 'expired';
    if (!session && !connection.foreign && !holdLook(state, userId)) return 'expired';
    const isGivenUp = !user.connections.has(connectionId) && user.connections.size > 0;
    const isClosing = user.connections.has(`closing:${connectionId}`);
    if (isGivenUp && (isClosing || isCertain(state))) return 'lost';
    hint(state, userId, deps.presenceTtlMs);
    const { nowMs } = keepSession(state, connection, true);
    add(user, connectionId, nowMs);
    return user.effects(nowMs);
  }

  return {
    async open(identity, connectionId) {
      hint(state, identity.userId, deps.presenceTtlMs);
      const { user, session, nowMs } = keepSession(state, identity, false);
      session.isUsed = true;
      user.connections.delete('claim');
      add(user, connectionId, nowMs);
      return { pending: user.effects(nowMs) };
    },
    async renew(connections) {
      const answers = connections.map(renewOne);
      const effects = answers.flatMap((answer) => (typeof answer === 'string' ? [] : answer));
      const pending = new Map(effects.map((effect) => [`${effect.stamp.userId}:${effect.roomId}`, effect]));
      return {
        states: answers.map((answer) => (typeof answer === 'string' ? answer : 'alive')),
        pending: [...pending.values()],
      };
    },
    async close({ userId, sid, connectionId }, graceMs) {
      hint(state, userId, graceMs);
      const user = userOf(state, userId);
      const session = user.liveSession(deps.clock.nowMs());
      if ((session && session.sid !== sid) || !user.connections.has(connectionId)) return;
      user.connections.delete(connectionId);
      user.connections.set(`closing:${connectionId}`, deps.clock.nowMs() + graceMs);
    },
  };
}

function pendingOf(
  state: State,
): Pick<SessionStore, 'settle' | 'forget' | 'withdraw' | 'lapse' | 'due' | 'reschedule' | 'restoreHints' | 'disown'> {
  const { deps, due } = state;

  function lapseOne(user: MemoryUser): number {
    const nowMs = deps.clock.nowMs();
    for (const [id, deadline] of user.connections) if (deadline <= nowMs) user.connections.delete(id);
    if (user.connections.size > 0) return user.nextLook(user.latestDeadline(), nowMs);
    const session = user.liveSession(nowMs);
    if (session) {
      user.changeStatus('offline', nowMs);
      return user.nextLook(session.expiresMs, nowMs);
    }
    if (user.rooms.size > 0) user.endMemberships('expired', nowMs);
    else user.pending.clear();
    return 0;
  }

  return {
    async settle({ roomId, stamp, leave }, isUnsure = false) {
      const user = userOf(state, stamp.userId);
      const field = leave === null ? 'presence' : roomId;
      if (!user.pending.get(field)?.endsWith(`@${stamp.revision}`)) return;
      if (leave === null && isUnsure && user.isEntering(deps.clock.nowMs())) return;
      if (leave === null) user.pending.delete('presence');
      else user.forgetRoom(roomId);
    },
    async forget(userId, roomId, isUnsure = false) {
      const user = userOf(state, userId);
      if (!(isUnsure && user.isEntering(deps.clock.nowMs(), roomId))) user.forgetRoom(roomId);
    },
    withdraw: async ({ userId, revision }, roomId) => userOf(state, userId).withdraw(roomId, revision),
    async lapse(userIds) {
      if (!isCertain(state)) return { pending: [], nextMs: userIds.map(() => null) };
      const users = userIds.map((userId) => userOf(state, userId));
      const nextMs = users.map(lapseOne);
      return { pending: users.flatMap((user) => user.effects(deps.clock.nowMs())), nextMs };
    },
    async due(limit) {
      if (!isCertain(state)) return [];
      const nowMs = deps.clock.nowMs();
      const passed = [...due].filter(([, score]) => score <= nowMs).slice(0, limit);
      const score = nowMs + deps.closeGraceMs - 0.5;
      for (const [userId] of passed) due.set(userId, score);
      return passed.map(([userId]) => ({ userId, score }));
    },
    async reschedule(hints) {
      for (const { userId, score, nextMs } of hints) {
        if (due.get(userId) !== score) continue;
        if (nextMs === 0) due.delete(userId);
        else due.set(userId, nextMs);
      }
    },
    async restoreHints() {
      const lost = [...state.users.values()].filter(({ rooms, userId }) => rooms.size > 0 && !due.has(userId));
      for (const { userId } of lost) hint(state, userId, 0);
      return lost.length;
    },
    async disown(roomId, userIds) {
      if (!isCertain(state)) return [];
      const strays = userIds.map((userId) => userOf(state, userId)).filter(({ rooms }) => !rooms.has(roomId));
      return strays.map((user) => {
        user.raise(deps.clock.nowMs());
        return user.stamp(deps.clock.nowMs());
      });
    },
  };
}
