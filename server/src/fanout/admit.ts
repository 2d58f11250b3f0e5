/** One join: the turn in which a connection enters a room's feed, with what it missed before and what it was kept from. */
import { currentGen, formatPosition, type ParsedPosition } from '../protocol/index.ts';
import { ChatError } from '../service/chat-error.ts';
import type { Admission, Outlet } from '../service/live-ports.ts';
import type { RoomSnapshot } from '../service/ports.ts';
import type { RosterEvent } from './envelope.ts';
import type { LiveRoom } from './live-room.ts';
import type { Replay } from './replay.ts';
import type { Entry } from './room-audience.ts';
import { rosterFrame } from './room-events.ts';

/** A feed behind the room is given this long before it looks itself. */
const LAG_MS = 50;
/** No join waits longer for its feed. */
const DEADLINE_MS = 3_000;

/** Runs the whole join; rejects as `admission.enter`, ROOM_NOT_FOUND where the room went, or SERVICE_UNAVAILABLE. */
export async function admit(room: LiveRoom, outlet: Outlet, admission: Admission): Promise<void> {
  const { replays } = room;
  // The entry comes first: it keeps the room open while the subscription is confirmed.
  const entry = room.audience.beginJoin(outlet);
  try {
    await room.subscribed;
    const snapshot = await admission.enter();
    await reach(room, snapshot);
    const position = replays.judge(admission.after, snapshot);
    if (typeof position !== 'string') await replays.prepare(room.feed, position);
    // From here to the end: one turn.
    if (room.feed.closedBecause) throw room.feed.closedBecause;
    if (room.audience.entries.get(outlet.id) !== entry) throw new ChatError('NOT_A_MEMBER');
    const kept = enterFeed(room, entry, snapshot);
    const { epoch, gen, lastSeq: seq } = room.feed;
    const here = { seq, position: formatPosition({ epoch, gen, seq }), snapshot };
    admission.admitted({ ...here, ...past(room, position) });
    tellKept(room, entry, kept);
  } catch (error) {
    giveUp(room, entry);
    throw error;
  }
}

/** Brings the feed at least to where the join script found the room. */
async function reach({ feed }: LiveRoom, snapshot: RoomSnapshot): Promise<void> {
  if (feed.closedBecause) throw feed.closedBecause;
  if (!feed.hasBase) return feed.adopt(snapshot);
  if (snapshot.epoch !== feed.epoch) feed.repair();
  const gen = currentGen(snapshot);
  // A generation that the snapshot does not know yet is newer than it.
  const isThere = () =>
    feed.lastSeq >= snapshot.seq && (feed.gen === gen || !snapshot.gens.some((known) => known.gen === feed.gen));
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

function past({ feed, replays }: LiveRoom, position: ParsedPosition | 'none' | 'lost'): Replay {
  if (position === 'none') return { missed: [], more: false };
  if (position === 'lost') return { missed: [], more: false, recovered: false };
  return replays.cut(feed, position);
}

/** From this turn on the connection is in the feed. Answers the kept changes that the snapshot does not hold yet. */
function enterFeed({ audience, feed }: LiveRoom, entry: Entry, { rev }: RoomSnapshot): RosterEvent[] {
  audience.flush();
  const kept = entry.kept ?? [];
  entry.kept = null;
  entry.minRev = rev;
  entry.isLive = true;
  return kept.filter((event) => event.rev > rev && event.rev <= feed.rev);
}

/** Changes that came while the join was under way and that its snapshot does not hold yet. */
function tellKept(room: LiveRoom, entry: Entry, kept: readonly RosterEvent[]): void {
  for (const event of kept) {
    if (event.change === 'left' && event.userId === entry.outlet.userId) {
      room.audience.expel(entry, event.reason);
      return;
    }
    if (!room.roster.isLarge()) entry.outlet.deliver([rosterFrame(room.roomId, event)]);
  }
}

/** A first join that failed leaves nothing; one that was in the room already goes on as before. */
function giveUp(room: LiveRoom, entry: Entry): void {
  const kept = entry.kept ?? [];
  entry.kept = null;
  if (!entry.isLive) room.audience.remove(entry);
  else
    tellKept(
      room,
      entry,
      kept.filter(({ rev }) => rev > entry.minRev),
    );
}
