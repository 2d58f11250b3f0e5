/** Whether a feed stands where Redis says its room stands: an audit's looks at one room, one after the other. */
import type { RoomMark } from '../service/ports.ts';
import type { RoomFeed } from './room-feed.ts';

/** What differs for certain, if anything. */
export type Difference = 'none' | 'messages' | 'members';

/** What a look found different, where the feed stood then. */
type Suspect = { seq: number | null; rev: number | null };

/**
 * A mark may be older than what the bus brought meanwhile: unless it is sure, or the history is another, a difference counts when
 * the next look finds it with the feed at the same place. Messages and members each by themselves: in a room where
 * messages never stop, seq is never the same twice.
 */
export function createComparison(feed: Pick<RoomFeed, 'epoch' | 'gen' | 'lastSeq' | 'rev'>) {
  let suspect: Suspect = { seq: null, rev: null };

  return (mark: RoomMark | null, isSure: boolean): Difference => {
    if (!mark || mark.epoch !== feed.epoch) return 'members';
    const before = suspect;
    suspect = {
      seq: mark.seq === feed.lastSeq ? null : feed.lastSeq,
      rev: mark.rev === feed.rev ? null : feed.rev,
    };
    const hasTurned = mark.gens.at(-1)?.gen !== feed.gen;
    const isCertain = hasTurned || (isSure && mark.rev >= feed.rev);
    const isConfirmed = (what: 'seq' | 'rev') =>
      suspect[what] !== null && (isCertain || suspect[what] === before[what]);
    if (isConfirmed('rev')) return 'members';
    return hasTurned || isConfirmed('seq') ? 'messages' : 'none';
  };
}
