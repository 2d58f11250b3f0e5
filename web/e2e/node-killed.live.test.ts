/** The client library when a node dies in the middle of sending. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, startCluster } from './support/cluster.ts';
import { type Crowd, gatherCrowd } from './support/crowd.ts';
import { expectEverythingOnceInOneOrder } from './support/promise.ts';

let cluster: Cluster;
let crowd: Crowd;
beforeAll(async () => {
  cluster = await startCluster();
  crowd = await gatherCrowd(cluster.url);
});
afterAll(async () => {
  crowd.close();
  await cluster.stop();
});

const EACH = 100;

it('sends and receives everything once and in one order though a node is killed meanwhile', async () => {
  const all = EACH * crowd.talkers.length;
  const talk = crowd.talk(EACH);
  await crowd.heard(all / 5, 'somebody');
  await cluster.nodes[0]?.kill();
  expect(await talk, cluster.logs()).toEqual({ sent: all });
  await crowd.heard(all);
  expectEverythingOnceInOneOrder(crowd, EACH);
});
