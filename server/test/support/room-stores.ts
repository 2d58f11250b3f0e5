/** The room store twice, in memory and on a real Redis: one suite for both. */
import type { RoomStore, UserStamp } from '../../src/service/ports.ts';
import { createKeys } from '../../src/store/keys.ts';
import { createMemoryRoomStore } from '../../src/store/memory-room-store.ts';
import { createRedisRoomStore } from '../../src/store/redis-room-store.ts';
import { startRedis } from './redis.ts';
import { commandsOn, connect } from './session-stores.ts';

/** Rate of the suite: generous, so that only the test that means it meets it. */
export const RATE = { messageRate: 1_000, messageBurst: 5_000 };

/** A store, what it published so far (JSON as parsed), and the time that stamps need. */
export type RoomsUnderTest = {
  rooms: RoomStore;
  published(roomId: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
};

/** Unique rooms, so that tests need not clean up. */
let lastRoom = 0;
export function freshRoomId(): string {
  lastRoom++;
  return `r${String(lastRoom).padStart(7, '0')}`;
}

/** A stamp as a user script makes it now. */
export function stampOf(userId: string, revision: number, status: UserStamp['status'] = 'online'): UserStamp {
  return { userId, revision, timeMs: Date.now(), status };
}

/** The session that makes rooms. */
export const HOST = { userId: 'host', sid: 'sid-of-host' };

/** Makes a room whose creator is `host` at revision 1. */
export async function makeRoom(rooms: RoomStore, more: { isPrivate?: boolean; title?: string } = {}): Promise<string> {
  const roomId = freshRoomId();
  const { isPrivate = false, title = null } = more;
  const host = { creator: stampOf('host', 1), creatorSid: HOST.sid };
  await rooms.create({ roomId, epoch: 'epoch001', title, isPrivate, invite: 'secret', ...host });
  return roomId;
}

async function memory(): Promise<RoomsUnderTest> {
  const log = new Map<string, Record<string, unknown>[]>();
  const publish = (roomId: string, payload: string) => {
    log.set(roomId, [...(log.get(roomId) ?? []), JSON.parse(payload)]);
  };
  const rooms = createMemoryRoomStore({ clock: { nowMs: () => Date.now() }, publish, ...RATE });
  return { rooms, published: async (roomId) => log.get(roomId) ?? [], close: async () => undefined };
}

async function redis(): Promise<RoomsUnderTest> {
  const server = await startRedis();
  const client = await connect(server.url);
  const listener = await connect(server.url, 'listener');
  const log: { channel: string; event: Record<string, unknown> }[] = [];
  await listener.psubscribe('chan:*');
  listener.on('pmessage', (_pattern: string, channel: string, payload: string) => {
    log.push({ channel, event: JSON.parse(payload) });
  });
  const commands = commandsOn(client);
  const options = { keys: createKeys('single'), publish: 'PUBLISH', idleTtlMs: 600_000, logTtlMs: 86_400_000 } as const;
  return {
    rooms: createRedisRoomStore({ commands, send: commands }, { ...options, ...RATE }),
    async published(roomId) {
      // A publication of our own comes after all that were made before it.
      const barrier = new Promise((resolve) => listener.once('pong-barrier', resolve));
      const onMessage = (_pattern: string, channel: string) => {
        if (channel === 'chan:barrier') listener.emit('pong-barrier');
      };
      listener.on('pmessage', onMessage);
      await client.publish('chan:barrier', '{"type":"barrier"}');
      await barrier;
      listener.off('pmessage', onMessage);
      return log.filter(({ channel }) => channel === `chan:${roomId}`).map(({ event }) => event);
    },
    async close() {
      client.disconnect();
      listener.disconnect();
      await server.stop();
    },
  };
}

/** Both kinds, by name. */
export const ROOM_STORES = { memory, redis } as const;
