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

const TICK_MS = 5;
/** What a busy machine is behind with is not made up for all at once. */
const MOST_AT_ONCE = 20;

/** Sends `rate` messages a second in total once started. */
export function createLoad(crowd: Crowd, { rate, random, isSilent = () => false }: LoadOptions): Load {
  let timer: NodeJS.Timeout | null = null;
  let paidUntil = 0;
  const writers = crowd.people.filter((person) => !isSilent(person));
  const write = () => {
    const person = writers[Math.floor(random() * writers.length)];
    if (person === undefined || person.room.pending.value.length >= MOST_PENDING) return;
    const { status } = person.room.state.value;
    if (status !== 'left' && status !== 'refused') crowd.say(person);
  };
  const tick = () => {
    const now = performance.now();
    const due = Math.floor(((now - paidUntil) * rate) / 1_000);
    for (let n = 0; n < Math.min(due, MOST_AT_ONCE); n++) write();
    if (due > 0) paidUntil = due > MOST_AT_ONCE ? now : paidUntil + (due * 1_000) / rate;
  };
  return {
    start() {
      if (rate === 0 || timer !== null) return;
      paidUntil = performance.now();
      timer = setInterval(tick, TICK_MS);
    },
    pause() {
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
  };
}
