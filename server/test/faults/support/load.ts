/** People who write: somebody by chance, at a rate that is the same over the whole run. */
import type { Crowd, Person } from './crowd.ts';

/** How much, by whom. */
export type LoadOptions = { rate: number; random(): number; isSilent?: (person: Person) => boolean };

/** A running load; it pauses and goes on. */
export interface Load {
  start(): void;
  pause(): void;
}

/** More than this waiting in one outbox says nothing new. */
const MOST_PENDING = 150;

/** Sends `rate` messages a second in total once started. */
export function createLoad(crowd: Crowd, { rate, random, isSilent = () => false }: LoadOptions): Load {
  let timer: NodeJS.Timeout | null = null;
  const writers = crowd.people.filter((person) => !isSilent(person));
  const tick = () => {
    const person = writers[Math.floor(random() * writers.length)];
    if (person === undefined || person.room.pending.value.length >= MOST_PENDING) return;
    const { status } = person.room.state.value;
    if (status !== 'left' && status !== 'refused') crowd.say(person);
  };
  return {
    start() {
      if (rate > 0) timer ??= setInterval(tick, 1_000 / rate);
    },
    pause() {
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
  };
}
