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
import { createRoster } from './roster.ts';

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

/**
 * `opening` is the first join, which brings the feed its base; it never rejects.
 * `subscribed` settles with the confirmation of the room's channel.
 */
export function createLiveRoom(roomId: string, subscribed: Promise<void>, deps: LiveRoomDeps) {
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
  const parts = { roomId, subscribed, audience, roster, feed, replays, isHeard, compare: createComparison(feed) };
  const state: { opening: Promise<void> | null } = { opening: null };
  return { ...parts, ...state, readWhole: () => deps.readWhole(roomId) };
}
export type LiveRoom = ReturnType<typeof createLiveRoom>;
