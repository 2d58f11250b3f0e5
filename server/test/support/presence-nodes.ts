/** Presence as on a cluster: several nodes on one real Redis, times scaled down, and an ear on a room's channel. */
import type { Redis } from 'ioredis';
import { createPresence, type Presence } from '../../src/presence/presence.ts';
import type { Identity, OpenConnection, RoomStore, SessionStore } from '../../src/service/ports.ts';
import { createKeys } from '../../src/store/keys.ts';
import { createRedisAbsenceGuard } from '../../src/store/redis-absence.ts';
import { createRedisRoomStore } from '../../src/store/redis-room-store.ts';
import { createRedisSessionStore } from '../../src/store/redis-session-store.ts';
import { createWalkTurns } from '../../src/store/walk-turns.ts';
import { commandsOn, connect } from './session-stores.ts';

/** Lifetimes, ms: the defaults divided by 50. */
export const SCALED = {
  presenceTtlMs: 600,
  sessionTtlMs: 12_000,
  tokenTtlMs: 60_000,
  closeGraceMs: 100,
  renewIntervalMs: 200,
  sweepIntervalMs: 20,
  slowPassIntervalMs: 600_000,
};

/** One node as far as presence goes. */
export type PresenceNode = {
  sessions: SessionStore;
  rooms: RoomStore;
  presence: Presence;
  /** Connections that were given up. */
  lost: string[];
  /** What background work reported. */
  failures: unknown[];
  /** Opens a connection as a gateway does. */
  open(identity: Identity, connectionId: string): Promise<OpenConnection>;
  close(connection: OpenConnection): Promise<void>;
  /** Enters and joins as the use case does. */
  join(identity: Identity, roomId: string): Promise<void>;
  /** Stops like a killed process: nothing is closed in Redis. */
  die(): Promise<void>;
};

/** Starts a node on the Redis at `url`. */
export async function startPresenceNode(url: string, times: Partial<typeof SCALED> = {}): Promise<PresenceNode> {
  const { renewIntervalMs, sweepIntervalMs, slowPassIntervalMs, ...lifetimes } = { ...SCALED, ...times };
  const redis = await connect(url, 'presence');
  const commands = commandsOn(redis);
  const keys = createKeys('single');
  const monotonicMs = () => performance.now();
  const certaintyMs = lifetimes.presenceTtlMs / 6;
  const guard = createRedisAbsenceGuard({ commands, keys, renewIntervalMs, certaintyMs, monotonicMs });
  const sessions = createRedisSessionStore({ commands, keys, guard, oneServer: true, ...lifetimes });
  const limits = { idleTtlMs: 600_000, logTtlMs: 600_000, messageRate: 100, messageBurst: 100 };
  const rooms = createRedisRoomStore({ commands, send: commands }, { keys, publish: 'PUBLISH', ...limits });
  const failures: unknown[] = [];
  const lost: string[] = [];
  const presence = createPresence({
    ...{ sessions, rooms, renewIntervalMs, sweepIntervalMs, slowPassIntervalMs, clock: { monotonicMs } },
    beat: () => guard.beat(),
    takeTurn: createWalkTurns(commands, keys),
    failures: { report: (_stage, error) => void failures.push(error) },
  });
  presence.start();

  return {
    ...{ sessions, rooms, presence, lost, failures },
    async open(identity, connectionId) {
      const connection = { ...identity, connectionId };
      const { pending } = await sessions.open(identity, connectionId);
      presence.track(connection, { end: () => void lost.push(connectionId) });
      await presence.effects.apply(pending);
      return connection;
    },
    async close(connection) {
      presence.untrack(connection);
      await sessions.close(connection, lifetimes.closeGraceMs);
    },
    async join(identity, roomId) {
      const answer = await rooms.join(roomId, await sessions.enter(identity, roomId), '');
      if (typeof answer === 'string') throw new Error(answer);
    },
    async die() {
      await presence.close();
      redis.disconnect();
    },
  };
}

/** What a room was told, in short: `user offline`, `user joined`, `user left expired`. */
export type RoomEar = { told: string[]; close(): void };

/** Hears a room's channel. */
export async function listenToRoom(url: string, roomId: string): Promise<RoomEar> {
  const redis: Redis = await connect(url, 'ear');
  const told: string[] = [];
  redis.on('message', (_channel, text: string) => {
    const event: unknown = JSON.parse(text);
    if (!isTold(event)) return;
    told.push([event.userId, event.status ?? event.type, event.reason].filter(Boolean).join(' '));
  });
  await redis.subscribe(`chan:${roomId}`);
  return { told, close: () => redis.disconnect() };
}

type Told = { type: string; userId: string; status?: string; reason?: string };
function isTold(event: unknown): event is Told {
  return typeof event === 'object' && event !== null && 'type' in event && 'userId' in event;
}
