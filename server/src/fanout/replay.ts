/** What a returning client has missed: judged by the room itself, taken from memory where memory reaches back. */
import { isGoodPosition, LIMITS, type Message, type ParsedPosition, parsePosition } from '../protocol/index.ts';
import { parsePublishedMessage } from '../protocol/published-message.ts';
import type { RoomSnapshot, RoomStore } from '../service/ports.ts';
import type { FanoutMeter } from './meter.ts';
import type { RecentMessages } from './recent-messages.ts';
import type { RoomFeed } from './room-feed.ts';

export type ReplayDeps = {
  rooms: Pick<RoomStore, 'range'>;
  recent: RecentMessages;
  meter: FanoutMeter;
};

/** What `joined` says of the past. `recovered` is absent where no position was given. */
export type Replay = { missed: Message[]; more: boolean; recovered?: boolean };

const PAGE = 300;

/** Clients that wait for the same room share its reads. */
export function createReplays({ rooms, recent, meter }: ReplayDeps) {
  const loading = new Map<string, Promise<void>>();

  /** Brings the log from `afterSeq` on into memory; once it is there every later client finds it. */
  async function load(feed: RoomFeed, afterSeq: number): Promise<void> {
    const published: Buffer[] = [];
    const { gen } = feed;
    let seq = afterSeq;
    while (seq < feed.lastSeq) {
      const entries = await rooms.range(feed.roomId, seq + 1, PAGE);
      if (entries[0]?.seq !== seq + 1) return;
      for (const entry of entries) published.push(Buffer.from(entry.data));
      seq += entries.length;
    }
    // Another history by now: what was read may not be part of it.
    if (feed.gen !== gen || feed.closedBecause) return;
    recent.fill(feed.roomId, afterSeq + 1, published.slice(0, feed.lastSeq - afterSeq));
  }

  return {
    /**
     * Whether `after` can be replayed: proven by the room's own histories and log, never by the feed, which may lag
     * behind the node that the client comes from.
     */
    judge(after: string | undefined, snapshot: RoomSnapshot): ParsedPosition | 'none' | 'lost' {
      if (after === undefined) return 'none';
      const position = parsePosition(after);
      if (!position || !isGoodPosition(position, snapshot)) return 'lost';
      const reaches = snapshot.firstSeq > 0 && snapshot.firstSeq <= position.seq + 1;
      return reaches || position.seq === snapshot.seq ? position : 'lost';
    },

    /**
     * Whether memory holds everything after the position and one answer holds all of it. Memory may reach back beyond the
     * log: what an answer does not hold is for the log to prove, or its next page would take `recovered` back.
     */
    hasSince(feed: RoomFeed, { seq }: ParsedPosition): boolean {
      const count = feed.lastSeq - seq;
      if (count <= 0) return count === 0;
      const published = count > LIMITS.missedMessages ? null : recent.after(feed.roomId, seq, count);
      return published !== null && published.reduce((sum, { length }) => sum + length, 0) <= LIMITS.missedBytes;
    },

    /** Makes sure that memory reaches back to the position, if the log does. */
    async prepare(feed: RoomFeed, position: ParsedPosition): Promise<void> {
      if (recent.after(feed.roomId, position.seq, 0) || position.seq >= feed.lastSeq) return meter.replay('memory');
      meter.replay('redis');
      // No await between the last look and `set`: a whole wave comes here in one turn.
      for (let job = loading.get(feed.roomId); job; job = loading.get(feed.roomId)) {
        await job;
        if (recent.after(feed.roomId, position.seq, 0)) return;
      }
      const job = load(feed, position.seq).finally(() => loading.delete(feed.roomId));
      loading.set(feed.roomId, job);
      await job;
    },

    /** What lies between is lost, and the client is told so. */
    lost(): Replay {
      meter.replay('none');
      return { missed: [], more: false, recovered: false };
    },

    /** The replay up to the feed's own seq, in this very turn. What memory lost meanwhile the client fetches in pages. */
    cut(feed: RoomFeed, position: ParsedPosition): Replay {
      if (position.seq >= feed.lastSeq) return { missed: [], more: false, recovered: true };
      const published = recent.after(feed.roomId, position.seq, LIMITS.missedMessages) ?? [];
      const missed: Message[] = [];
      let bytes = 0;
      let passed = 0;
      for (const one of published) {
        bytes += one.length;
        if (bytes > LIMITS.missedBytes) break;
        passed++;
        const message = parsePublishedMessage(one.toString());
        if (message) missed.push(message);
      }
      return { missed, more: position.seq + passed < feed.lastSeq, recovered: true };
    },
  };
}
export type Replays = ReturnType<typeof createReplays>;
