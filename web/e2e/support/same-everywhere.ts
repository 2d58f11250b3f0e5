/** Everything once and in one order: what people see in their pages is what Redis holds. */
import { expect } from 'vitest';
import { textsInLog } from './cluster-redis.ts';
import type { Person } from './person.ts';

/** The room, where its log is, who looks at it, and everything that was written there, each writer's texts in their order. */
export type Expected = { redisUrl: string; people: readonly Person[]; written: readonly (readonly string[])[] };

/** Waits until every page shows the log, and checks that the log holds all that was written: once, each writer's in order. */
export async function expectSameEverywhere({ redisUrl, people, written }: Expected): Promise<void> {
  const roomId = people[0]?.roomId() ?? '';
  const everything = written.flat().toSorted();
  await expect.poll(async () => (await textsInLog(redisUrl, roomId)).toSorted()).toEqual(everything);
  const log = await textsInLog(redisUrl, roomId);
  for (const own of written) expect(log.filter((text) => own.includes(text))).toEqual(own);
  for (const { name, seen, unsent } of people) {
    await expect.poll(seen, { message: `what ${name} sees` }).toEqual(log);
    await expect.poll(unsent).toEqual([]);
  }
}
