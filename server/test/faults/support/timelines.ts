/** What the senders believe held against what people see: each message that counts as sent stands once in every timeline of its room. */
import type { Outgoing, Room } from '@c2c/web/client';
import type { Crowd } from './crowd.ts';

/** Watches who was told of a gap: such timelines hold the newest page alone. */
export function watchTimelines({ people }: Pick<Crowd, 'people'>): { wrongs(said: readonly Outgoing[]): string[] } {
  const whole = new Set(people);
  for (const person of people) {
    person.room.events.subscribe((event) => {
      if (event.type === 'gap') whole.delete(person);
    });
    person.room.state.subscribe(({ status }) => {
      if (status === 'left' || status === 'refused') whole.delete(person);
    });
  }
  return {
    wrongs: (said) => [...whole].flatMap(({ name, room }) => misses(room, said).map((text) => `${name} ${text}`)),
  };
}

function misses({ roomId, timeline }: Room, said: readonly Outgoing[]): string[] {
  const counts = new Map<string, number>();
  for (const { text } of timeline.value) counts.set(text, (counts.get(text) ?? 0) + 1);
  return said
    .filter((outgoing) => outgoing.roomId === roomId && outgoing.state.value.status === 'sent')
    .filter(({ text }) => counts.get(text) !== 1)
    .map(({ text }) => `has ${counts.get(text) ?? 0} times what was sent once: ${text}`);
}
