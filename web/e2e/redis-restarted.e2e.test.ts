/** Redis, the only memory of the cluster, restarts in the middle of a conversation. */
import { expect } from 'vitest';
import { meet } from './support/meeting.ts';
import { numbered } from './support/numbered.ts';
import { ownCluster } from './support/own-cluster.ts';
import { expectSameEverywhere } from './support/same-everywhere.ts';
import { story } from './support/story.ts';

const site = ownCluster();

story('what is written while Redis restarts arrives once and in order', async (stage) => {
  const { url, redis } = site();
  const people = await meet(stage, { url, expectsOutage: true });
  const [younghee, cheolsu] = people;
  const written = [numbered('영희', 10), numbered('철수', 10)] as const;
  const talk = async (from: number, to: number) => {
    for (let index = from; index < to; index += 1) {
      await Promise.all([younghee.say(written[0][index] ?? ''), cheolsu.say(written[1][index] ?? '')]);
    }
  };
  await talk(0, 3);
  for (const { unsent } of people) await expect.poll(unsent).toEqual([]);
  await redis.kill();
  await talk(3, 7);
  await expect.poll(younghee.unsent).toEqual(written[0].slice(3, 7));
  await redis.revive();
  await talk(7, 10);
  await expectSameEverywhere({ redisUrl: redis.url, people, written });
});
