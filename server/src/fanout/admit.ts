/** One join: the turn in which a connection enters a room's feed, with what it missed before and what it was kept from. */
import { currentGen, formatPosition, type ParsedPosition, parsePosition, rosterView } from '../protocol/index.ts';
import { ChatError } from '../service/chat-error.ts';
import type { Admission, Outlet } from '../service/live-ports.ts';
import type { RoomSnapshot } from '../service/ports.ts';
import { batchOf } from './frame.ts';
import type { LiveRoom } from './live-room.ts';
import type { Replay } from './replay.ts';
import type { Entry } from './room-audience.ts';
import { membersFrame, rosterFrame } from './room-events.ts';

/** A feed behind the room is given this long before it looks itself. */
const LAG_MS = 50;
/** No join waits longer for its feed. */
const DEADLINE_MS = 3_000;
/** A join that was overtaken by a restart of the server is run again this often. */
const TRIES = 3;

/**
 * Runs the whole join; rejects as `admission.enter`, ROOM_NOT_FOUND where the room went, or SERVICE_UNAVAILABLE. A member
 * that comes back to a room which is alive here is let in without a word to Redis.
 */
export async function admit(room: LiveRoom, outlet: Outlet, admission: Admission): Promise<void> {
  const { replays, feed } = room;
  // The entry comes first: it keeps the room open while the subscription is confirmed.
  const entry = room.audience.beginJoin(outlet, () => admission.enter());
  try {
    await room.subscribed;
    await admission.ready();
    for (let attempt = 0; attempt < TRIES; attempt++) {
      // One brings the feed to life; whoever comes meanwhile may find everything here.
      if (!feed.hasBase && room.opening !== null) await room.opening;
      const arrival = knownHere(room, outlet, admission.after) ?? (await enterRoom(room, admission));
      if (typeof arrival.position !== 'string') await replays.prepare(feed, arrival.position);
      // From here to the end: one turn.
      if (feed.closedBecause) throw feed.closedBecause;
      if (room.audience.entries.get(outlet.id) !== entry) throw new ChatError('NOT_A_MEMBER');
      const snapshot = toTell(room, arrival.snapshot);
      if (snapshot !== null) return enterFeed(room, entry, { admission, snapshot, position: arrival.position });
    }
    throw new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 500 });
  } catch (error) {
    giveUp(room, entry);
    throw error;
  }
}

/** Runs the join scripts and brings the feed to where they found the room. */
async function enterRoom(room: LiveRoom, admission: Admission): Promise<Omit<Arrival, 'admission'>> {
  const entering = admission.enter().then(async (snapshot) => {
    await reach(room, snapshot);
    return snapshot;
  });
  if (!room.feed.hasBase) room.opening ??= entering.then(ignore, ignore);
  const snapshot = await entering;
  return { snapshot, position: room.replays.judge(admission.after, snapshot) };
}

function ignore(): void {}

/**
 * Whether this node can answer for the room by itself: its feed is whole, the user is a member, and what the client has
 * missed lies in memory. A position beyond the feed, or of another history, is for the room to judge. Should a leave
 * of the user be on its way, the connection is told `left` when it arrives.
 */
function knownHere(room: LiveRoom, outlet: Outlet, after: string | undefined): Omit<Arrival, 'admission'> | null {
  const mark = room.feed.mark();
  const position = after === undefined ? null : parsePosition(after);
  if (mark === null || position === null || !room.roster.has(outlet.userId) || !room.isHeard()) return null;
  if (position.epoch !== mark.epoch || position.gen !== room.feed.gen || !room.replays.hasSince(room.feed, position))
    return null;
  const snapshot = room.roster.snapshot(mark);
  // What memory holds is proven.
  return snapshot && { snapshot: { ...snapshot, firstSeq: position.seq + 1 }, position };
}

/**
 * What the client is told of the room; null where the feed and the snapshot do not meet: a history that the snapshot
 * does not know may have lost what it proves, the join itself included.
 */
function toTell(room: LiveRoom, snapshot: RoomSnapshot): RoomSnapshot | null {
  if (placeOf(room, snapshot) !== 'there') return null;
  if (!snapshot.isBrief) return snapshot;
  const mark = room.feed.mark();
  return mark && room.roster.snapshot(mark);
}

/** Brings the feed at least to where the join script found the room. */
async function reach(room: LiveRoom, snapshot: RoomSnapshot): Promise<void> {
  const { feed } = room;
  if (!feed.hasBase && snapshot.isBrief) await adoptWhole(room);
  if (feed.closedBecause) throw feed.closedBecause;
  if (!feed.hasBase) return feed.adopt(snapshot);
  if (snapshot.epoch !== feed.epoch) feed.repair();
  const isThere = () => placeOf(room, snapshot) !== 'behind';
  if (isThere()) return;
  const lag = setTimeout(() => feed.repair(), LAG_MS);
  const deadline = setTimeout(() => feed.waiters.check(), DEADLINE_MS);
  const endMs = performance.now() + DEADLINE_MS;
  try {
    await feed.waiters.until(() => isThere() || performance.now() >= endMs - 1);
  } finally {
    clearTimeout(lag);
    clearTimeout(deadline);
  }
  if (!isThere()) throw new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 500 });
}

/** The members of a large room, which no join script lists. */
async function adoptWhole({ feed, readWhole }: LiveRoom): Promise<void> {
  const whole = await readWhole();
  if (whole === null) throw new ChatError('ROOM_NOT_FOUND');
  if (!feed.hasBase && !feed.closedBecause) feed.adopt(whole);
}

/** Where the feed stands, seen from the snapshot. A generation that the snapshot does not know yet is newer than it. */
function placeOf({ feed }: LiveRoom, snapshot: RoomSnapshot): 'behind' | 'there' | 'beyond' {
  if (feed.epoch !== snapshot.epoch) return 'behind';
  if (!snapshot.gens.some(({ gen }) => gen === feed.gen)) return 'beyond';
  // Without lists of its own the snapshot needs those of the feed.
  if (snapshot.isBrief && (feed.mark()?.rev ?? 0) < snapshot.rev) return 'behind';
  return feed.gen === currentGen(snapshot) && feed.lastSeq >= snapshot.seq ? 'there' : 'behind';
}

function past({ feed, replays }: LiveRoom, position: ParsedPosition | 'none' | 'lost'): Replay {
  if (position === 'none') return { missed: [], more: false };
  if (position === 'lost') return { missed: [], more: false, recovered: false };
  return replays.cut(feed, position);
}

type Arrival = { admission: Admission; snapshot: RoomSnapshot; position: ParsedPosition | 'none' | 'lost' };

/** From this turn on the connection is in the feed. */
function enterFeed(room: LiveRoom, entry: Entry, { admission, snapshot, position }: Arrival): void {
  const { epoch, gen, lastSeq: seq } = room.feed;
  room.audience.flush();
  entry.minRev = snapshot.rev;
  entry.isLive = true;
  const here = { seq, position: formatPosition({ epoch, gen, seq }), snapshot };
  admission.admitted({ ...here, ...past(room, position) });
  tellKept(room, entry);
}

/**
 * Changes that came while the join was under way and that its snapshot does not hold yet. Where not all of them were
 * kept (the feed began beyond the snapshot, or was repaired by `members`), everybody is told instead.
 */
function tellKept({ roomId, audience, feed, roster }: LiveRoom, entry: Entry): void {
  const { outlet, minRev } = entry;
  const kept = (entry.kept ?? []).filter(({ rev }) => rev > minRev && rev <= feed.rev);
  entry.kept = null;
  if (kept.length < feed.rev - minRev) {
    const view = () => rosterView(roster.names(), outlet.userId, roster.isLarge());
    if (roster.has(outlet.userId)) outlet.deliver(batchOf([membersFrame(roomId, feed.rev, view())]));
    else audience.expel(entry, roster.reasonOf(outlet.userId));
    return;
  }
  for (const event of kept) {
    if (event.change === 'left' && event.userId === outlet.userId) {
      audience.expel(entry, event.reason);
      return;
    }
    if (!roster.isLarge()) outlet.deliver(batchOf([rosterFrame(roomId, event)]));
  }
}

/** A first join that failed leaves nothing; one that was in the room already goes on as before. */
function giveUp(room: LiveRoom, entry: Entry): void {
  if (!entry.isLive) room.audience.remove(entry);
  if (room.audience.entries.get(entry.outlet.id) !== entry) return;
  // The messages that wait came before the changes that were kept.
  room.audience.flush();
  tellKept(room, entry);
}
