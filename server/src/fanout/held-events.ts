/** Events that came before their turn, in order of arrival, bounded: messages beyond the bound stand in the log anyway. */
import type { BusEvent } from './envelope.ts';

/** Bytes held per room, whatever the events are. */
const MAX_HELD = 1024 * 1024;

/** A queue that forgets messages rather than grow. */
export function createHeldEvents() {
  let events: BusEvent[] = [];
  let size = 0;
  let overflowed = false;

  return {
    /** Answers false where the event was forgotten. */
    push(event: BusEvent): boolean {
      const more = sizeOf(event);
      if (size + more > MAX_HELD) {
        overflowed = true;
        return false;
      }
      size += more;
      events.push(event);
      return true;
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

/** What an event without a text of its own takes, roughly. */
const SMALL = 200;

function sizeOf(event: BusEvent): number {
  if (event.kind === 'msg') return event.published.length;
  return event.kind === 'custom' ? SMALL + JSON.stringify(event.payload).length : SMALL;
}
