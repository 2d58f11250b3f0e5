/** When a room's frames go out: a quiet room at once, a busy one together with what comes within the window. */

/** Something with frames waiting. `lastFlushMs` is monotonic time, kept by the flusher. */
export interface Flushable {
  lastFlushMs: number;
  flush(): void;
}

type Due = { rooms: Flushable[]; timer: NodeJS.Timeout };

/** One immediate, and a timer for each ms in which something is due, serve all rooms of the node. */
export function createFlusher(windowMs: number, nowMs: () => number) {
  let atOnce: Flushable[] = [];
  const later = new Map<number, Due>();

  function flushAll(rooms: readonly Flushable[]): void {
    const now = nowMs();
    for (const room of rooms) {
      room.lastFlushMs = now;
      room.flush();
    }
  }

  function flushAtOnce(): void {
    const rooms = atOnce;
    atOnce = [];
    flushAll(rooms);
  }

  function flushDue(dueMs: number): void {
    const due = later.get(dueMs);
    later.delete(dueMs);
    if (due) flushAll(due.rooms);
  }

  return {
    /** The room has its first waiting frame; the caller schedules it once until it is flushed. */
    schedule(room: Flushable): void {
      const now = nowMs();
      if (now - room.lastFlushMs >= windowMs) {
        if (atOnce.length === 0) setImmediate(flushAtOnce);
        atOnce.push(room);
        return;
      }
      // From the last flush, not from this frame: the window is what lies between two writes, and nobody waits longer.
      const dueMs = Math.ceil(room.lastFlushMs + windowMs);
      const due = later.get(dueMs);
      if (due) due.rooms.push(room);
      else later.set(dueMs, { rooms: [room], timer: setTimeout(flushDue, dueMs - now, dueMs) });
    },
    close(): void {
      for (const { timer } of later.values()) clearTimeout(timer);
    },
  };
}
export type Flusher = ReturnType<typeof createFlusher>;
