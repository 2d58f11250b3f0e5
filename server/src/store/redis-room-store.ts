/** Rooms in Redis: the parts of the room store, put together. */
import type { RoomStore } from '../service/ports.ts';
import { createAppend } from './append-message.ts';
import type { RedisCommands } from './redis-commands.ts';
import { asArray, asInteger } from './replies.ts';
import { type RoomStoreOptions, refusal } from './room-context.ts';
import { createRoomLog } from './room-log.ts';
import { createRoomMembers } from './room-members.ts';
import { loadScript } from './script.ts';

const READ = loadScript('room_read');
const TYPING = loadScript('room_typing');

/** `send` carries messages only, so that nothing waits behind them and they wait behind nothing. */
export type RoomConnections = { commands: RedisCommands; send: RedisCommands };

/** The room store over two connections to one Redis. */
export function createRedisRoomStore({ commands, send }: RoomConnections, options: RoomStoreOptions): RoomStore {
  const { keys, publish } = options;
  return {
    ...createRoomMembers(commands, options),
    ...createRoomLog(commands, keys),
    append: createAppend(send, options),

    async markRead(roomId, userId, seq) {
      const where = [keys.meta(roomId), keys.members(roomId), keys.reads(roomId), keys.channel(roomId)];
      const args = [roomId, publish, userId, JSON.stringify(userId), seq];
      const [answer, value] = asArray(await commands.run(READ, where, args), 'read');
      if (answer !== 'read') throw refusal(answer);
      return asInteger(value, 'read seq');
    },

    async signal(roomId, userId) {
      const where = [keys.meta(roomId), keys.members(roomId), keys.channel(roomId)];
      const args = [roomId, publish, userId, JSON.stringify(userId)];
      const [answer] = asArray(await commands.run(TYPING, where, args), 'typing');
      if (answer !== 'told') throw refusal(answer);
    },
  };
}
