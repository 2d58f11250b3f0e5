/** One join: the turn in which a connection enters a room's feed, with what it missed before and what it was kept from. */
import { currentGen, formatPosition, type ParsedPosition, rosterView } from '../protocol/index.ts';
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

/** Runs the whole join; rejects as `admission.enter`, ROOM_NOT_FOUND where the room went, or SERVICE_UNAVAILABLE. */
export async function admit(room: LiveRoom, outlet: Outlet, admission: Admission): Promise<void> {
  const { replays } = room;
  // The entry comes first: it keeps the room open while the subscription is confirmed.
  const entry = room.audience.beginJoin(outlet, () => admission.enter());
  try {
    await room.subscribed;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const snapshot = await admission.enter();
      await reach(room, snapshot);
      const position = replays.judge(admission.after, snapshot);
      if (typeof position !== 'string') await replays.prepare(room.feed, position);
      // From here to the end: one turn.
      if (room.feed.closedBecause) throw room.feed.closedBecause;
      if (room.audience.entries.get(outlet.id) !== entry) throw new ChatError('NOT_A_MEMBER');
      // A history that the snapshot does not know may have lost what it proves, the join itself included.
      if (placeOf(room, snapshot) !== 'there') continue;
      return enterFeed(room, entry, { admission, snapshot, position });
    }
    throw new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 500 });
  } catch (error) {
    giveUp(room, entry);
    throw error;
  }
}

/** Brings the feed at least to where the join script found the room. */
async function reach({ feed }: Pick<LiveRoom, 'feed'>, snapshot: RoomSnapshot): Promise<void> {
  if (feed.closedBecause) throw feed.closedBecause;
  if (!feed.hasBase) return feed.adopt(snapshot);
  if (snapshot.epoch !== feed.epoch) feed.repair();
  const isThere = () => placeOf({ feed }, snapshot) !== 'behind';
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
function placeOf({ feed }: Pick<LiveRoom, 'feed'>, snapshot: RoomSnapshot): 'behind' | 'there' | 'beyond' {
  if (feed.epoch !== snapshot.epoch) return 'behind';
  if (!snapshot.gens.some(({ gen }) => gen === feed.gen)) return 'beyond';
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
