/** When a room's frames go out: a quiet room at once, a busy one together with what comes within the window. */

/** Something with frames waiting. `lastFlushMs` is monotonic time, kept by the flusher. */
export interface Flushable {
  lastFlushMs: number;
  flush(): void;
}

/** One immediate and one timer serve all rooms of the node. */
export function createFlusher(windowMs: number, nowMs: () => number) {
  let atOnce: Flushable[] = [];
  let later: Flushable[] = [];
  let timer: NodeJS.Timeout | null = null;

  function flushAll(rooms: Flushable[]): void {
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

  function flushLater(): void {
    const rooms = later;
    later = [];
    timer = null;
    flushAll(rooms);
  }

  return {
    /** The room has its first waiting frame; the caller schedules it once until it is flushed. */
    schedule(room: Flushable): void {
      if (nowMs() - room.lastFlushMs >= windowMs) {
        if (atOnce.length === 0) setImmediate(flushAtOnce);
        atOnce.push(room);
      } else {
        later.push(room);
        timer ??= setTimeout(flushLater, windowMs);
      }
    },
    close(): void {
      if (timer) clearTimeout(timer);
    },
  };
}
export type Flusher = ReturnType<typeof createFlusher>;
