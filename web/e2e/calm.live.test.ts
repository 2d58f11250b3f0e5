/** The client library on a real cluster, on a good day. */
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

const EACH = 50;

it('gives six clients on both doors and all transports the same conversation', async () => {
  expect(await crowd.talk(EACH)).toEqual({ sent: EACH * crowd.talkers.length });
  await crowd.heard(EACH * crowd.talkers.length);
  expectEverythingOnceInOneOrder(crowd, EACH);
  for (const { way, room, client } of crowd.talkers) {
    expect(room.roster.value.members.toSorted(), way).toEqual(crowd.talkers[0]?.room.roster.value.members.toSorted());
    expect(client.state.value, way).toEqual({ status: 'live' });
  }
});
