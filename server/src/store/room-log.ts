/** Reading a room's log: pages for people, ranges for feeds, marks for audits. */
import { isGoodPosition, parsePosition } from '../protocol/index.ts';
import { parsePublishedMessage } from '../protocol/published-message.ts';
import { invalidField } from '../service/chat-error.ts';
import type { PageQuery, RoomStore } from '../service/ports.ts';
import type { Keys } from './keys.ts';
import type { RedisCommands } from './redis-commands.ts';
import { asArray, asInteger } from './replies.ts';
import { refusal } from './room-context.ts';
import { parseEntries, parseMark, seqOfEntry } from './room-replies.ts';
import { loadScript } from './script.ts';

const PAGE = loadScript('room_page');

/** The part of the room store that reads what was said. */
export function createRoomLog(
  commands: RedisCommands,
  keys: Keys,
): Pick<RoomStore, 'marks' | 'range' | 'page' | 'overview'> {
  return {
    async marks(roomIds) {
      if (roomIds.length === 0) return [];
      const fields = ['epoch', 'gens', 'seq', 'rev'] as const;
      const replies = await commands.pipeline(roomIds.map((roomId) => ['hmget', keys.meta(roomId), ...fields]));
      return replies.map(parseMark);
    },
    async range(roomId, fromSeq, count) {
      const [reply] = await commands.pipeline([['xrange', keys.log(roomId), `${fromSeq}-0`, '+', 'COUNT', count]]);
      return parseEntries(reply);
    },
    page: (query) => readPage(commands, keys, query),
    async overview(roomId, userId) {
      const [meta, count, isMember, readSeq] = await commands.pipeline([
        ['hmget', keys.meta(roomId), 'epoch', 'title', 'seq'],
        ['scard', keys.members(roomId)],
        ['sismember', keys.members(roomId), userId],
        ['hget', keys.reads(roomId), userId],
      ]);
      const [epoch, title, seq] = asArray(meta, 'meta');
      if (epoch === null || isMember !== 1) return null;
      return {
        title: typeof title === 'string' ? title : null,
        seq: asInteger(seq, 'seq'),
        readSeq: asInteger(readSeq ?? 0, 'read seq'),
        memberCount: asInteger(count, 'member count'),
      };
    },
  };
}

async function readPage(commands: RedisCommands, keys: Keys, query: PageQuery) {
  const { roomId, userId, limit } = query;
  const before = query.before === undefined ? null : parsePosition(query.before);
  if (query.before !== undefined && !before) throw invalidField('before', 'position');
  const after = query.after === undefined ? null : parsePosition(query.after);
  const isForward = query.after !== undefined;
  const range = [`${(after?.seq ?? 0) + 1}-0`, before ? `(${before.seq}-0` : '+'];
  const [answer, epoch, gens, seq, oldest, raw] = asArray(
    await commands.run(
      PAGE,
      [keys.meta(roomId), keys.members(roomId), keys.log(roomId)],
      [userId, ...range, limit + 1, isForward ? 'up' : 'down'],
    ),
    'page',
  );
  if (answer !== 'page') throw refusal(answer, null);
  const mark = parseMark([epoch, gens, seq, 0]);
  const firstSeq = seqOfEntry(oldest);
  if (isForward && !(mark && after && isGoodPosition(after, mark) && reaches(firstSeq, after.seq, mark.seq))) {
    return { messages: [], hasMore: false, recovered: false };
  }
  const entries = parseEntries(raw);
  const page = entries.slice(0, limit);
  if (!isForward) page.reverse();
  const messages = page.flatMap(({ data }) => parsePublishedMessage(data) ?? []);
  const hasMore = entries.length > limit;
  return isForward ? { messages, hasMore, recovered: true } : { messages, hasMore };
}

/** Whether a log that begins at `firstSeq` (0: empty) holds everything after `afterSeq`. */
function reaches(firstSeq: number, afterSeq: number, lastSeq: number): boolean {
  return afterSeq === lastSeq || (firstSeq > 0 && firstSeq <= afterSeq + 1);
}
