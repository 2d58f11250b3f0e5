/** Waiting for people to lose their connection and to be back. */
import { eventually } from '../../support/eventually.ts';
import type { Crowd, Person } from './crowd.ts';

/** People who are not live now. */
export function away({ people }: Pick<Crowd, 'people'>): Person[] {
  return people.filter(({ client }) => client.state.value.status !== 'live');
}

/** Waits until everybody is live; answers how long that took, ms. */
export async function untilAllLive(crowd: Pick<Crowd, 'people'>, withinMs = 60_000): Promise<number> {
  const startedAt = performance.now();
  const names = () => away(crowd).map(({ name, client }) => `${name} ${client.state.value.status}`);
  await eventually(names, (found) => found.length === 0, withinMs);
  return Math.round(performance.now() - startedAt);
}

/** Counts, from now on, who is without any connection at some moment. */
export function watchOffline({ people }: Pick<Crowd, 'people'>): { count(): number } {
  const seen = new Set<Person>();
  for (const person of people) {
    person.client.state.subscribe(({ status }) => {
      if (status === 'offline' || status === 'connecting') seen.add(person);
    });
  }
  return { count: () => seen.size };
}
