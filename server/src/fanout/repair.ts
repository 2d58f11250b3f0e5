/** Fills the gaps of a feed from the log, once per node and room, however many clients wait. */
import { currentGen } from '../protocol/index.ts';
import { ChatError } from '../service/chat-error.ts';
import type { Failures, LogEntry, RoomMark, RoomSnapshot, RoomStore } from '../service/ports.ts';
import { parseEnvelope } from './envelope.ts';
import type { FanoutMeter } from './meter.ts';
import type { RoomFeed } from './room-feed.ts';

export type RepairDeps = {
  rooms: Pick<RoomStore, 'marks' | 'snapshot' | 'range'>;
  failures: Failures;
  meter: FanoutMeter;
  /** The room is gone, or another room now has its id. */
  onGone(roomId: string): void;
};

/** Entries per XRANGE (delivery.md). */
const PAGE = 300;
const RETRY_MS = 200;

/** Returns the function that a feed calls when it cannot go on by itself. Time without an answer from Redis does not count. */
export function createRepair(deps: RepairDeps): (feed: RoomFeed) => Promise<void> {
  return async (feed) => {
    while (!feed.closedBecause) {
      try {
        if (await repairOnce(deps, feed)) break;
      } catch (error) {
        if (!(error instanceof ChatError)) deps.failures.report('fanout.repair', error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
    feed.waiters.check();
  };
}

/** One look at the room. Answers whether the feed is whole; false means look again. */
async function repairOnce(deps: RepairDeps, feed: RoomFeed): Promise<boolean> {
  const known = feed.held.length();
  const { mark, snapshot } = await look(deps, feed);
  if (feed.closedBecause) return true;
  if (!mark || mark.epoch !== feed.epoch) {
    deps.onGone(feed.roomId);
    return true;
  }
  feed.judge(mark);
  if (!(await fetchUpTo(deps, feed, mark))) return false;
  if (feed.closedBecause) return true;
  if (snapshot) feed.adoptMembers(snapshot);
  if (!feed.drain(known, snapshot !== null) || feed.needsMembers) return false;
  feed.isRepairing = false;
  deps.meter.gap('repaired');
  return true;
}

type Look = { mark: RoomMark | null; snapshot: RoomSnapshot | null };

async function look({ rooms }: RepairDeps, feed: RoomFeed): Promise<Look> {
  if (feed.needsMembers) {
    const snapshot = await rooms.snapshot(feed.roomId);
    return { mark: snapshot, snapshot };
  }
  const [mark = null] = await rooms.marks([feed.roomId]);
  return { mark, snapshot: null };
}

/** Reads the log until the feed is where the room was. False: the history changed meanwhile, judge again. */
async function fetchUpTo({ rooms }: RepairDeps, feed: RoomFeed, mark: RoomMark): Promise<boolean> {
  while (feed.lastSeq < mark.seq) {
    const entries = await rooms.range(feed.roomId, feed.lastSeq + 1, PAGE);
    if (feed.closedBecause) return true;
    if (entries[0]?.seq !== feed.lastSeq + 1) return cutUnlessTurned(rooms, feed, mark);
    if (!advanceThrough(feed, entries, mark)) return false;
  }
  return true;
}

/** Answers false at an entry of a history that the mark does not know. */
function advanceThrough(feed: RoomFeed, entries: readonly LogEntry[], mark: RoomMark): boolean {
  for (const { seq, data } of entries) {
    const event = parseEnvelope(feed.roomId, Buffer.from(data));
    const message = event?.kind === 'msg' ? event : null;
    if (message && !mark.gens.some(({ gen }) => gen === message.at.gen)) return false;
    feed.advance(seq, message);
  }
  return true;
}

/** The log no longer begins at or before the next message. */
async function cutUnlessTurned(rooms: RepairDeps['rooms'], feed: RoomFeed, mark: RoomMark): Promise<boolean> {
  const [now] = await rooms.marks([feed.roomId]);
  const hasTurned = !now || now.epoch !== mark.epoch || currentGen(now) !== currentGen(mark) || now.seq < mark.seq;
  if (hasTurned) return false;
  if (!feed.closedBecause) feed.cut('log_too_short', now);
  return true;
}
