/** One room as it lives on this node: audience, events, feed and their flush, born and closed together. */
import type { RoomSnapshot } from '../service/ports.ts';
import { createComparison } from './comparison.ts';
import type { Flusher } from './flush.ts';
import type { FanoutMeter } from './meter.ts';
import type { RecentMessages } from './recent-messages.ts';
import type { Replays } from './replay.ts';
import { RoomAudience } from './room-audience.ts';
import { createRoomEvents } from './room-events.ts';
import { RoomFeed } from './room-feed.ts';
import { createRoster, type Roster } from './roster.ts';

export type LiveRoomDeps = {
  flusher: Flusher;
  recent: RecentMessages;
  replays: Replays;
  meter: FanoutMeter;
  repair(feed: RoomFeed): Promise<void>;
  /** The whole room, members included; null where it is gone. */
  readWhole(roomId: string): Promise<RoomSnapshot | null>;
  /** Whether the bus brings what is published. */
  isHeard(): boolean;
};

/** A room on this node. */
export type LiveRoom = {
  readonly roomId: string;
  /** Settles with the confirmation of the room's channel. */
  readonly subscribed: Promise<void>;
  readonly audience: RoomAudience;
  readonly roster: Roster;
  readonly feed: RoomFeed;
  readonly replays: Replays;
  readonly compare: ReturnType<typeof createComparison>;
  readonly isHeard: LiveRoomDeps['isHeard'];
  /** The whole room; whoever asks while it is being read is given the same. */
  readWhole(): Promise<RoomSnapshot | null>;
  /** The first join of those under way, which brings the feed its base; it never rejects. */
  opening: Promise<void> | null;
};

/** The parts of a room, none of them begun. */
export function createLiveRoom(roomId: string, subscribed: Promise<void>, deps: LiveRoomDeps): LiveRoom {
  const flushable = {
    lastFlushMs: Number.NEGATIVE_INFINITY,
    flush: () => audience.flush(),
  };
  const audience: RoomAudience = new RoomAudience(roomId, deps.meter, () => deps.flusher.schedule(flushable));
  const roster = createRoster();
  const feed: RoomFeed = new RoomFeed({
    roomId,
    audience,
    events: createRoomEvents(roomId, audience, roster),
    recent: deps.recent,
    meter: deps.meter,
    startRepair: () => void deps.repair(feed),
  });
  const { replays, isHeard } = deps;
  const compare = createComparison(feed);
  let reading: Promise<RoomSnapshot | null> | null = null;
  function readWhole(): Promise<RoomSnapshot | null> {
    reading ??= deps.readWhole(roomId).finally(() => {
      reading = null;
    });
    return reading;
  }
  return { roomId, subscribed, audience, roster, feed, replays, compare, isHeard, readWhole, opening: null };
}
