/** Walks over all users who stand in rooms, slowly: the way to find what no hint leads to. */
import type { Keys } from './keys.ts';
import type { RedisCommands } from './redis-commands.ts';
import { asArray, asText } from './replies.ts';

const KEYS_PER_STEP = 500;

/** User ids in portions, each perhaps more than once; users added meanwhile may be missing. */
export async function* scanUsersInRooms(commands: RedisCommands, keys: Keys): AsyncGenerator<string[]> {
  // The name of a key around a user id; no user id holds a `*`.
  const pattern = keys.rooms('*');
  const [before = '', after = ''] = pattern.split('*');
  let cursor = '0';
  do {
    const [reply] = await commands.pipeline([['scan', cursor, 'MATCH', pattern, 'COUNT', KEYS_PER_STEP]]);
    const [next, names] = asArray(reply, 'SCAN');
    const userIds = asArray(names, 'SCAN').map((name) => asText(name, 'SCAN').slice(before.length, -after.length));
    if (userIds.length > 0) yield userIds;
    cursor = asText(next, 'SCAN');
  } while (cursor !== '0');
}
