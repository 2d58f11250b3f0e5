/** Who is writing just now. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Clock, Room, Unsubscribe } from '../net/client.ts';

/** How long a sign of typing is shown. */
const TYPING_MS = 6_000;

/** Names in the order in which they began, until each writes, rests, or `stop`. */
export function createTypingList(
  room: Room,
  clock: Clock,
): { names: ReadonlySignal<readonly string[]>; stop: Unsubscribe } {
  const names = signal<readonly string[]>([]);
  const cancels = new Map<string, () => void>();
  const show = () => {
    names.value = [...cancels.keys()];
  };
  const drop = (userId: string) => {
    cancels.get(userId)?.();
    if (cancels.delete(userId)) show();
  };
  const stop = room.events.subscribe((event) => {
    if (event.type === 'message') drop(event.message.from);
    if (event.type !== 'typing' || event.userId === room.facts.value.me) return;
    cancels.get(event.userId)?.();
    cancels.set(
      event.userId,
      clock.after(TYPING_MS, () => drop(event.userId)),
    );
    show();
  });
  return {
    names,
    stop() {
      stop();
      for (const cancel of cancels.values()) cancel();
    },
  };
}
