/** Walks over everything of a kind, slowly: the way to find what no hint leads to. */
import type { RedisCommands } from './redis-commands.ts';
import { asArray, asText } from './replies.ts';

const KEYS_PER_STEP = 500;
const ENTRIES_PER_STEP = 100;

/**
 * Ids in portions, each perhaps more than once; what is added meanwhile may be missing. `nameOf` writes the name of a key
 * for an id, and no id holds a `*`.
 */
export async function* scanIds(commands: RedisCommands, nameOf: (id: string) => string): AsyncGenerator<string[]> {
  const pattern = nameOf('*');
  const [before = '', after = ''] = pattern.split('*');
  const scan = (cursor: string) => ['scan', cursor, 'MATCH', pattern, 'COUNT', KEYS_PER_STEP] as const;
  for await (const names of portions(commands, scan)) {
    yield names.map((name) => name.slice(before.length, -after.length));
  }
}

/** Members of a set in portions, as above. */
export function scanSet(commands: RedisCommands, key: string): AsyncGenerator<string[]> {
  return portions(commands, (cursor) => ['sscan', key, cursor, 'COUNT', ENTRIES_PER_STEP]);
}

type Scan = readonly [name: string, ...args: (string | number)[]];

async function* portions(commands: RedisCommands, scan: (cursor: string) => Scan): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const [reply] = await commands.pipeline([scan(cursor)]);
    const [next, found] = asArray(reply, 'SCAN');
    const texts = asArray(found, 'SCAN').map((text) => asText(text, 'SCAN'));
    if (texts.length > 0) yield texts;
    cursor = asText(next, 'SCAN');
  } while (cursor !== '0');
}
