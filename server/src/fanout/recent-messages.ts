/** The newest messages of each room, kept so that a wave of reconnecting clients costs Redis almost nothing. */

type Kept = { firstSeq: number; published: Buffer[]; bytes: number };

/** What one room may keep at most: as much as its log. */
const MESSAGES_PER_ROOM = 1_000;

/** Least recently used rooms go first when all together exceed `maxBytes`. */
export function createRecentMessages(maxBytes: number) {
  const rooms = new Map<string, Kept>();
  let bytes = 0;

  function forget(roomId: string): void {
    bytes -= rooms.get(roomId)?.bytes ?? 0;
    rooms.delete(roomId);
  }

  function evict(): void {
    for (const roomId of rooms.keys()) {
      if (bytes <= maxBytes) return;
      forget(roomId);
    }
  }

  function trim(kept: Kept): void {
    if (kept.published.length < 2 * MESSAGES_PER_ROOM) return;
    const dropped = kept.published.splice(0, kept.published.length - MESSAGES_PER_ROOM);
    const size = dropped.reduce((sum, text) => sum + text.length, 0);
    kept.firstSeq += dropped.length;
    kept.bytes -= size;
    bytes -= size;
  }

  return {
    /** Adds the message that follows what is kept; a message beyond a hole starts afresh. */
    add(roomId: string, seq: number, published: Buffer): void {
      let kept = rooms.get(roomId);
      if (kept && kept.firstSeq + kept.published.length !== seq) {
        forget(roomId);
        kept = undefined;
      }
      if (kept) rooms.delete(roomId);
      else kept = { firstSeq: seq, published: [], bytes: 0 };
      rooms.set(roomId, kept);
      kept.published.push(published);
      kept.bytes += published.length;
      bytes += published.length;
      trim(kept);
      if (bytes > maxBytes) evict();
    },
    /** Puts older messages before what is kept; both must meet, else what is kept stays as it is. */
    fill(roomId: string, firstSeq: number, published: readonly Buffer[]): void {
      const kept = rooms.get(roomId) ?? { firstSeq: firstSeq + published.length, published: [], bytes: 0 };
      const older = published.slice(0, kept.firstSeq - firstSeq);
      if (firstSeq + older.length !== kept.firstSeq) return;
      const size = older.reduce((sum, text) => sum + text.length, 0);
      rooms.delete(roomId);
      rooms.set(roomId, {
        firstSeq: firstSeq,
        published: [...older, ...kept.published],
        bytes: kept.bytes + size,
      });
      bytes += size;
      if (bytes > maxBytes) evict();
    },
    /** At most `count` messages after `afterSeq`; null where they are not all here. */
    after(roomId: string, afterSeq: number, count: number): Buffer[] | null {
      const kept = rooms.get(roomId);
      if (!kept || kept.firstSeq > afterSeq + 1) return null;
      const start = afterSeq + 1 - kept.firstSeq;
      return kept.published.slice(start, start + count);
    },
    forget,
    bytes: () => bytes,
  };
}
export type RecentMessages = ReturnType<typeof createRecentMessages>;
