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

/** What the room was found to be, and where the past of the client begins. */
type Arrival = { snapshot: RoomSnapshot | null; position: ParsedPosition | 'none' | 'lost' };

/**
 * Runs the whole join; rejects as `entrance.enter`, ROOM_NOT_FOUND where the room went, or SERVICE_UNAVAILABLE. A member
 * that comes back to a room which is alive here is let in without a word to the room's keys.
 */
export async function admit(room: LiveRoom, outlet: Outlet, admission: Admission): Promise<void> {
  // The entry comes first: it keeps the room open while the subscription is confirmed.
  const entry = room.audience.beginJoin(outlet, admission.entrance);
  try {
    await room.subscribed;
    await admission.ready();
    for (let attempt = 0; attempt < TRIES; attempt++) {
      // One brings the feed to life; whoever comes meanwhile may find everything here.
      if (!room.feed.hasBase && room.opening !== null) await room.opening;
      const arrival = await arrive(room, outlet, { admission, mayBeKnown: attempt === 0 });
      if (await meet(room, entry, { admission, arrival })) return;
    }
    throw new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 500 });
  } catch (error) {
    giveUp(room, entry);
    throw error;
  }
}

/** Runs the join scripts and gives the feed its base. Where this node can answer for the room there is no snapshot. */
async function arrive(
  room: LiveRoom,
  outlet: Outlet,
  { admission, mayBeKnown }: { admission: Admission; mayBeKnown: boolean },
): Promise<Arrival> {
  const { after } = admission;
  const known = mayBeKnown ? knownHere(room, outlet, after) : null;
  const entering = admission.entrance.enter(known !== null).then(async (snapshot) => {
    if (snapshot !== null) await openFeed(room, snapshot);
    return snapshot;
  });
  if (!room.feed.hasBase && room.opening === null) {
    // Where it fails the others open the room together, each for itself; the next wave has a first one again.
    const end = () => {
      room.opening = null;
    };
    room.opening = entering.then(end, end);
  }
  const snapshot = await entering;
  return { snapshot, position: snapshot === null ? (known ?? 'none') : room.replays.judge(after, snapshot) };
}

/** The base of a feed: the join's own answer, or where that lists no members, one reading for all who wait. */
async function openFeed({ feed, readWhole }: LiveRoom, snapshot: RoomSnapshot): Promise<void> {
  const whole = !feed.hasBase && snapshot.isBrief ? await readWhole() : snapshot;
  if (feed.closedBecause) throw feed.closedBecause;
  if (feed.hasBase) return;
  if (whole === null) throw new ChatError('ROOM_NOT_FOUND');
  feed.adopt(whole);
}

/**
 * Where this node can answer for the room by itself: its feed is whole, the user is a member, and what the client has
 * missed lies in memory. A position beyond the feed, or of another history, is for the room to judge.
 */
function knownHere(room: LiveRoom, outlet: Outlet, after: string | undefined): ParsedPosition | null {
  const { feed, replays, roster } = room;
  const position = after === undefined ? null : parsePosition(after);
  if (position === null || feed.mark() === null || !roster.has(outlet.userId) || !room.isHeard()) return null;
  const isOurs = position.epoch === feed.epoch && position.gen === feed.gen;
  return isOurs && replays.hasSince(feed, position) ? position : null;
}

type Meeting = { admission: Admission; arrival: Arrival };

/** Waits until feed and arrival meet, and lets the connection in. False: the room must be asked again. */
async function meet(room: LiveRoom, entry: Entry, { admission, arrival }: Meeting): Promise<boolean> {
  const { feed, replays } = room;
  const endMs = performance.now() + DEADLINE_MS;
  do {
    if (arrival.snapshot !== null) await reach(room, arrival.snapshot);
    if (typeof arrival.position !== 'string') await replays.prepare(feed, arrival.position);
    // From here to the end: one turn.
    if (feed.closedBecause) throw feed.closedBecause;
    if (room.audience.entries.get(entry.outlet.id) !== entry) throw new ChatError('NOT_A_MEMBER');
    const snapshot = toTell(room, entry.outlet, { admission, arrival });
    if (snapshot !== null) {
      enterFeed(room, entry, { admission, snapshot, position: arrival.position });
      return true;
    }
    // A repair that began meanwhile needs nothing but to be waited for.
  } while (isBehind(room, arrival) && performance.now() < endMs);
  return false;
}

function isBehind(room: LiveRoom, { snapshot }: Arrival): boolean {
  return snapshot !== null && placeOf(room, snapshot) === 'behind';
}

/**
 * What the client is told of the room; null where the feed and the arrival do not meet: a history that the snapshot
 * does not know may have lost what it proves, the join itself included.
 */
function toTell(room: LiveRoom, outlet: Outlet, { admission, arrival }: Meeting): RoomSnapshot | null {
  const { snapshot } = arrival;
  if (snapshot === null) {
    const position = knownHere(room, outlet, admission.after);
    const here = position && standing(room);
    // What memory holds is proven.
    return here && { ...here, firstSeq: position.seq + 1 };
  }
  if (placeOf(room, snapshot) !== 'there') return null;
  return snapshot.isBrief ? standing(room) : snapshot;
}

/** The room as this node knows it, in this turn. */
function standing({ feed, roster }: LiveRoom): RoomSnapshot | null {
  const mark = feed.mark();
  return mark && roster.snapshot(mark);
}

/** Brings the feed at least to where the join script found the room. */
async function reach(room: LiveRoom, snapshot: RoomSnapshot): Promise<void> {
  const { feed } = room;
  if (feed.closedBecause) throw feed.closedBecause;
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
  if (position === 'lost') return replays.lost();
  return replays.cut(feed, position);
}

type Entering = { admission: Admission; snapshot: RoomSnapshot; position: Arrival['position'] };

/** From this turn on the connection is in the feed. */
function enterFeed(room: LiveRoom, entry: Entry, { admission, snapshot, position }: Entering): void {
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
