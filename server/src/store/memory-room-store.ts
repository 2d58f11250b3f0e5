/** The room store without Redis, for tests: the same rules, and a server whose restarts and lost tails a test decides. */
import { isGoodPosition, LIMITS, parsePosition } from '../protocol/index.ts';
import { parsePublishedMessage } from '../protocol/published-message.ts';
import { ChatError, invalidField } from '../service/chat-error.ts';
import type { Clock, Draft, LogEntry, PageQuery, RoomSnapshot, RoomStore, UserStamp } from '../service/ports.ts';
import { hashOf, MemoryRoom } from './memory-room.ts';

export type MemoryRoomStoreDeps = {
  clock: Pick<Clock, 'nowMs'>;
  /** Where publications go: a `createMemoryHub().publish`. */
  publish(roomId: string, payload: string): void;
  messageRate: number;
  messageBurst: number;
};

/** The store, and the hand of fate over the server it stands for. */
export interface MemoryRoomStore extends RoomStore {
  /** The server restarts: it writes another history from now on. */
  restart(gen: string): void;
  /** The last `count` messages of a room are lost, as with a second of the append-only file. */
  loseTail(roomId: string, count: number): void;
  /** All but the newest `keep` entries of a room's log have expired. */
  trim(roomId: string, keep: number): void;
  /** The room is gone. */
  destroy(roomId: string): void;
  /** A room as it is, for a test that compares. */
  peek(roomId: string): { snapshot: RoomSnapshot; log: readonly LogEntry[] } | null;
}

const TOO_LATE_MS = 5_000;

/** Answers in the turn after the call, like a server that is never away. */
export function createMemoryRoomStore(deps: MemoryRoomStoreDeps): MemoryRoomStore {
  const rooms = new Map<string, MemoryRoom>();
  const server: Server = { ...deps, gen: '00000001' };

  function roomOf(roomId: string, memberId: string): MemoryRoom {
    const room = rooms.get(roomId);
    if (!room) throw new ChatError('ROOM_NOT_FOUND');
    if (!room.members.has(memberId)) throw refusalOf(room);
    return room;
  }

  return {
    ...membersOf(rooms, server),
    append: async (draft) => append(rooms.get(draft.roomId), draft, server),
    async snapshot(roomId, viewer) {
      const room = rooms.get(roomId);
      const isHidden = room?.isPrivate === true && viewer !== undefined && !room.members.has(viewer);
      return room && !isHidden ? room.snapshot() : null;
    },
    async marks(roomIds) {
      return roomIds.map((roomId) => rooms.get(roomId)?.snapshot() ?? null);
    },
    async range(roomId, fromSeq, count) {
      return (rooms.get(roomId)?.log ?? []).filter(({ seq }) => seq >= fromSeq).slice(0, count);
    },
    page: async (query) => page(roomOf(query.roomId, query.userId), query),
    ...readsOf(rooms, roomOf, deps),
    restart(next) {
      server.gen = next;
    },
    loseTail(roomId, count) {
      const room = rooms.get(roomId);
      if (!room) return;
      room.seq -= count;
      room.log = room.log.filter(({ seq }) => seq <= room.seq);
      // What was written after the first lost message is lost as well.
      room.gens = room.gens.filter(({ firstSeq }) => firstSeq <= room.seq + 1);
      for (const [key, { seq }] of room.sends) if (seq > room.seq) room.sends.delete(key);
    },
    trim(roomId, keep) {
      const room = rooms.get(roomId);
      if (room) room.log = room.log.slice(room.log.length - Math.min(keep, room.log.length));
    },
    destroy: (roomId) => void rooms.delete(roomId),
    peek(roomId) {
      const room = rooms.get(roomId);
      return room ? { snapshot: room.snapshot(), log: [...room.log] } : null;
    },
  };
}

type Server = MemoryRoomStoreDeps & { gen: string };
type Members = Pick<RoomStore, 'create' | 'join' | 'leave' | 'remove' | 'announce'>;

function membersOf(rooms: Map<string, MemoryRoom>, server: Server): Members {
  return {
    async create({ roomId, epoch, title, isPrivate, invite, creator, creatorSid }) {
      if (rooms.has(roomId)) return 'exists';
      const room = new MemoryRoom({ roomId, epoch, gen: server.gen }, (payload) => server.publish(roomId, payload));
      Object.assign(room, { title, isPrivate, invite, creator: creator.userId, creatorSid, rev: 1 });
      room.members.set(creator.userId, { status: creator.status, revision: creator.revision });
      rooms.set(roomId, room);
      return 'created';
    },
    async join(roomId, stamp, invite) {
      const room = rooms.get(roomId);
      if (!room) return 'absent';
      room.turnTo(server.gen);
      const answer = join(room, stamp, { invite, nowMs: server.clock.nowMs() });
      if (answer === 'removed') throw new ChatError('FORBIDDEN');
      if (answer !== 'joined') return answer;
      const isLarge = room.members.size > LIMITS.largeRoomEnter;
      return isLarge
        ? { ...room.snapshot(), members: [], online: [], reads: {}, removed: [], isBrief: true }
        : room.snapshot();
    },
    async leave(roomId, stamp, reason) {
      const room = rooms.get(roomId);
      if (!room) return 'absent';
      room.turnTo(server.gen);
      const nowMs = server.clock.nowMs();
      if (stamp.revision < room.knownRevision(stamp.userId, nowMs)) return 'stale';
      if (room.remove(stamp, reason, nowMs)) return 'left';
      return room.isPrivate ? 'absent' : 'not_member';
    },
    async remove(roomId, by, userId) {
      const room = rooms.get(roomId);
      if (!room) return 'absent';
      if (by.userId !== room.creator || by.sid !== room.creatorSid) {
        return room.isPrivate && !room.members.has(by.userId) ? 'absent' : 'forbidden';
      }
      if (userId === room.creator) return 'creator';
      room.turnTo(server.gen);
      return room.keepOut(userId) ? 'removed' : 'kept_out';
    },
    async announce(roomId, stamp) {
      const room = rooms.get(roomId);
      if (!room) return 'absent';
      room.turnTo(server.gen);
      if (!room.members.has(stamp.userId)) return 'not_member';
      if (stamp.revision < room.knownRevision(stamp.userId, 0)) return 'stale';
      return room.setStatus(stamp) ? 'changed' : 'same';
    },
  };
}

/** What somebody hears who is no member: a private room is not there. */
function refusalOf({ isPrivate }: MemoryRoom): ChatError {
  return new ChatError(isPrivate ? 'ROOM_NOT_FOUND' : 'NOT_A_MEMBER');
}

type RoomOf = (roomId: string, memberId: string) => MemoryRoom;

function readsOf(
  rooms: ReadonlyMap<string, MemoryRoom>,
  roomOf: RoomOf,
  { publish }: MemoryRoomStoreDeps,
): Pick<RoomStore, 'markRead' | 'signal' | 'overview' | 'walkMembers'> {
  return {
    async markRead(roomId, userId, seq) {
      const room = roomOf(roomId, userId);
      const known = room.reads.get(userId) ?? 0;
      const wanted = Math.min(seq, room.seq);
      if (wanted <= known) return known;
      room.reads.set(userId, wanted);
      publish(roomId, JSON.stringify({ type: 'reads', roomId, positions: { [userId]: wanted } }));
      return wanted;
    },
    async signal(roomId, userId) {
      roomOf(roomId, userId);
      publish(roomId, JSON.stringify({ type: 'typing', roomId, userId }));
    },
    async *walkMembers() {
      for (const { roomId, members } of [...rooms.values()]) yield { roomId, userIds: [...members.keys()] };
    },
    async overview(roomId, userId) {
      const room = rooms.get(roomId);
      if (!room?.members.has(userId)) return null;
      const readSeq = room.reads.get(userId) ?? 0;
      return { title: room.title, seq: room.seq, readSeq, memberCount: room.members.size };
    },
  };
}

function join(
  room: MemoryRoom,
  stamp: UserStamp,
  at: { invite: string; nowMs: number },
): 'joined' | 'stale' | 'absent' | 'removed' {
  if (stamp.revision < room.knownRevision(stamp.userId, at.nowMs)) return 'stale';
  if (at.nowMs - stamp.timeMs > TOO_LATE_MS) return 'stale';
  if (room.members.has(stamp.userId)) room.setStatus(stamp);
  else if (room.isPrivate && at.invite !== room.invite) return 'absent';
  else if (room.removed.has(stamp.userId)) return 'removed';
  else room.add(stamp);
  return 'joined';
}

function append(room: MemoryRoom | undefined, draft: Draft, server: Server) {
  if (!room) throw new ChatError('ROOM_NOT_FOUND');
  const known = draft.clientMsgId === undefined ? undefined : room.sends.get(`${draft.userId}/${draft.clientMsgId}`);
  if (known) {
    if (known.hash !== hashOf(draft.text)) throw new ChatError('CLIENT_MSG_ID_REUSED');
    return { id: known.id, seq: known.seq, timestamp: known.timestamp, duplicate: true };
  }
  if (!room.members.has(draft.userId)) throw refusalOf(room);
  checkSince(room, draft.since);
  const nowMs = server.clock.nowMs();
  takeToken(room, draft.userId, { ...server, nowMs });
  room.turnTo(server.gen);
  const { id, seq, timestamp } = room.store(draft, new Date(nowMs).toISOString());
  return { id, seq, timestamp, duplicate: false };
}

function checkSince(room: MemoryRoom, since: string | undefined): void {
  if (since === undefined) return;
  const position = parsePosition(since);
  if (position?.epoch !== room.epoch || position.seq + 1 < room.dedupeFloor) throw new ChatError('RETRY_TOO_OLD');
}

function takeToken(room: MemoryRoom, userId: string, server: Server & { nowMs: number }): void {
  const { messageRate, messageBurst, nowMs } = server;
  const bucket = room.buckets.get(userId) ?? { tokens: messageBurst, atMs: nowMs };
  const tokens = Math.min(messageBurst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) * messageRate) / 1000);
  if (tokens < 1) {
    throw new ChatError('RATE_LIMITED', { retryAfterMs: Math.ceil(((1 - tokens) * 1000) / messageRate) });
  }
  room.buckets.set(userId, { tokens: tokens - 1, atMs: nowMs });
}

function page(room: MemoryRoom, query: PageQuery) {
  const before = query.before === undefined ? null : parsePosition(query.before);
  if (query.before !== undefined && !before) throw invalidField('before', 'position');
  const inRange = room.log.filter(({ seq }) => seq < (before?.seq ?? Number.POSITIVE_INFINITY));
  const messagesOf = (entries: typeof inRange) => entries.flatMap(({ data }) => parsePublishedMessage(data) ?? []);
  if (query.after === undefined) {
    return { messages: messagesOf(inRange.slice(-query.limit)), hasMore: inRange.length > query.limit };
  }
  const after = parsePosition(query.after);
  const firstSeq = room.log[0]?.seq ?? 0;
  const reaches = after && (after.seq === room.seq || (firstSeq > 0 && firstSeq <= after.seq + 1));
  if (!after || !reaches || !isGoodPosition(after, room)) return { messages: [], hasMore: false, recovered: false };
  const rest = inRange.filter(({ seq }) => seq > after.seq);
  return { messages: messagesOf(rest.slice(0, query.limit)), hasMore: rest.length > query.limit, recovered: true };
}
