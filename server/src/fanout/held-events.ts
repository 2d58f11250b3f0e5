/** Events that came before their turn, in order of arrival, bounded: messages beyond the bound stand in the log anyway. */
import type { BusEvent } from './envelope.ts';

/** UTF-16 units of messages held per room. */
const MAX_HELD = 1024 * 1024;

/** A queue that forgets messages rather than grow. */
export function createHeldEvents() {
  let events: BusEvent[] = [];
  let size = 0;
  let overflowed = false;

  return {
    push(event: BusEvent): void {
      if (event.kind === 'msg') {
        if (size + event.published.length > MAX_HELD) {
          overflowed = true;
          return;
        }
        size += event.published.length;
      }
      events.push(event);
    },
    /** Everything held; the queue is empty afterwards. */
    take(): BusEvent[] {
      const taken = events;
      events = [];
      size = 0;
      return taken;
    },
    putBack(rest: readonly BusEvent[]): void {
      const newer = events;
      events = [];
      for (const event of [...rest, ...newer]) this.push(event);
    },
    length: () => events.length,
    /** Whether anything was forgotten since this was last asked. */
    hasOverflowed(): boolean {
      const was = overflowed;
      overflowed = false;
      return was;
    },
  };
}
