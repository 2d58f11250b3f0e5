/** A node dies in the middle of a conversation. */
import { afterAll, beforeAll, expect } from 'vitest';
import { type Cluster, startCluster } from './support/cluster.ts';
import { meet } from './support/meeting.ts';
import { story } from './support/story.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ nodes: 2 });
});
afterAll(() => cluster.stop());

story('people go on talking when the node under them is killed: everything once and in order', async (stage) => {
  const [younghee, cheolsu] = await meet(stage, { url: cluster.url, expectsOutage: true });
  await younghee.say('하나');
  await expect.poll(cheolsu.seen).toEqual(['하나']);

  // Two connections on two nodes: whichever dies, somebody loses theirs.
  await cluster.nodes[0]?.kill();
  await younghee.say('둘');
  await expect.poll(cheolsu.seen).toEqual(['하나', '둘']);
  await cheolsu.say('셋');
  await expect.poll(younghee.seen).toEqual(['하나', '둘', '셋']);

  await cluster.nodes[0]?.revive();
  await cluster.nodes[1]?.kill();
  await cheolsu.say('넷');
  await expect.poll(younghee.seen).toEqual(['하나', '둘', '셋', '넷']);
  await younghee.say('다섯');
  await expect.poll(cheolsu.seen).toEqual(['하나', '둘', '셋', '넷', '다섯']);
  await expect.poll(younghee.unsent).toEqual([]);
  await expect.poll(cheolsu.unsent).toEqual([]);
});
