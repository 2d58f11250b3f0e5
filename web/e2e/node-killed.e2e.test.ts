/** Nodes die in the middle of a conversation between people on two of them. */
import { expect } from 'vitest';
import { nodesOf } from './support/cluster-redis.ts';
import { meet } from './support/meeting.ts';
import { numbered } from './support/numbered.ts';
import { ownCluster } from './support/own-cluster.ts';
import { expectSameEverywhere } from './support/same-everywhere.ts';
import { story } from './support/story.ts';

const site = ownCluster();

story(
  'two people on two nodes go on talking though either node is killed: everything once and in order',
  async (stage) => {
    const { url, redis, nodes, logs } = site();
    const [younghee, cheolsu] = await meet(stage, { url, expectsOutage: true });
    const nodesInUse = async () => {
      const [first = [], second = []] = await Promise.all(
        [younghee, cheolsu].map(({ name }) => nodesOf(redis.url, name)),
      );
      // Whoever comes while a request is answered elsewhere may get the same node: comes again.
      if (first.length + second.length === 2 && first[0] === second[0]) {
        await cheolsu.page.reload();
        await cheolsu.page.getByText(cheolsu.texts.peopleCount(2, 2)).waitFor();
      }
      return [...new Set([...first, ...second])].toSorted();
    };
    await expect.poll(nodesInUse).toEqual(nodes.map(({ name }) => name));

    const written = [numbered('영희', 12), numbered('철수', 12)] as const;
    const talk = async (from: number, to: number) => {
      for (let index = from; index < to; index += 1) {
        await Promise.all([younghee.say(written[0][index] ?? ''), cheolsu.say(written[1][index] ?? '')]);
      }
    };
    await talk(0, 4);
    // Each node has somebody: whichever dies, somebody loses the connection in mid-sentence.
    await nodes[0]?.kill();
    await talk(4, 8);
    await expect.poll(cheolsu.unsent).toEqual([]);
    await expect.poll(younghee.unsent).toEqual([]);
    await nodes[0]?.revive();
    await nodes[1]?.kill();
    await talk(8, 12);
    await expectSameEverywhere({ redisUrl: redis.url, people: [younghee, cheolsu], written });
    expect(logs()).not.toContain('"level":"fatal"');
  },
);
