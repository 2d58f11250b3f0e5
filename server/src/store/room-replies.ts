/** What the room scripts answer, as the ports promise it. */

import { byCodePoint } from '../protocol/index.ts';
import type { Generation, LogEntry, RoomMark, RoomSnapshot } from '../service/ports.ts';
import { asArray, asInteger, asPairs, asText } from './replies.ts';

/** `gen:firstSeq,…` */
export function parseGens(text: string): Generation[] {
  return text.split(',').map((entry) => {
    const [gen = '', firstSeq] = entry.split(':');
    return { gen, firstSeq: asInteger(firstSeq, 'gens') };
  });
}

/** `HMGET meta epoch gens seq rev`; null where the room is gone. */
export function parseMark(reply: unknown): RoomMark | null {
  const [epoch, gens, seq, rev] = asArray(reply, 'mark');
  if (epoch === null || epoch === undefined) return null;
  return {
    epoch: asText(epoch, 'epoch'),
    gens: parseGens(asText(gens, 'gens')),
    seq: asInteger(seq, 'seq'),
    rev: asInteger(rev, 'rev'),
  };
}

/** The seq of a stream id `<seq>-0`. */
export function seqOfEntry(id: unknown): number {
  return asInteger(asText(id, 'stream id').split('-')[0], 'stream id');
}

/** The reply of `snapshot()` in `scripts/lib/snapshot.lua`. */
export function parseSnapshot(roomId: string, reply: unknown): RoomSnapshot | null {
  const parts = asArray(reply, 'snapshot');
  const mark = parts.length === 0 ? null : parseMark(parts.slice(0, 4));
  if (!mark) return null;
  const [title, creator, creatorSid, isPrivate, first, ...lists] = parts.slice(4);
  return {
    ...mark,
    roomId,
    title: typeof title === 'string' ? title : null,
    creator: asText(creator, 'creator'),
    creatorSid: asText(creatorSid, 'creatorSid'),
    isPrivate: isPrivate === '1',
    firstSeq: seqOfEntry(first),
    ...(lists.length === 0 ? BRIEF : parseLists(lists)),
  };
}

type Lists = Pick<RoomSnapshot, 'members' | 'online' | 'reads' | 'removed' | 'isBrief'>;

const BRIEF: Lists = { members: [], online: [], reads: {}, removed: [], isBrief: true };

function parseLists([members, states, reads, removed]: readonly unknown[]): Lists {
  const names = asArray(members, 'members').map((name) => asText(name, 'member'));
  const stateOf = new Map(asPairs(states, 'states'));
  const sorted = names.sort(byCodePoint);
  return {
    members: sorted,
    online: sorted.filter((name) => stateOf.get(name)?.startsWith('online@')),
    reads: Object.fromEntries(asPairs(reads, 'reads').map(([name, seq]) => [name, asInteger(seq, 'read seq')])),
    removed: asArray(removed, 'removed').map((name) => asText(name, 'removed')),
  };
}

/** Entries of an XRANGE: `[id, [field, value, …]]`. */
export function parseEntries(reply: unknown): LogEntry[] {
  return asArray(reply, 'entries').map((entry) => {
    const [id, fields] = asArray(entry, 'entry');
    const data = asPairs(fields, 'entry').find(([name]) => name === 'data');
    return { seq: seqOfEntry(id), data: asText(data?.[1], 'entry data') };
  });
}
