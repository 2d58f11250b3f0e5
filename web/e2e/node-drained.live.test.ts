/** The client library when a node is asked to go in the middle of sending. */
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

it('moves to another node without losing, doubling or swapping anything, and nobody is seen offline', async () => {
  const all = EACH * crowd.talkers.length;
  const offline: string[] = [];
  for (const { way, client } of crowd.talkers) {
    client.state.subscribe(({ status }) => status === 'offline' && offline.push(way));
  }
  const talk = crowd.talk(EACH);
  await crowd.heard(all / 5, 'somebody');
  await cluster.nodes[0]?.terminate();
  expect(await talk, cluster.logs()).toEqual({ sent: all });
  await crowd.heard(all);
  expectEverythingOnceInOneOrder(crowd, EACH);
  expect(offline).toEqual([]);
});
