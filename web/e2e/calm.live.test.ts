/** The client library on a real cluster, on a good day. */
import { expect, it } from 'vitest';
import { ownCrowd } from './support/own-cluster.ts';
import { expectEverythingOnceInOneOrder } from './support/promise.ts';

const world = ownCrowd();

const EACH = 50;

it('gives six clients on both doors and all transports the same conversation', async () => {
  const { crowd } = world();
  expect(await crowd.talk(EACH)).toEqual({ sent: EACH * crowd.talkers.length });
  await crowd.heard(EACH * crowd.talkers.length);
  expectEverythingOnceInOneOrder(crowd, EACH);
  for (const { way, room, client } of crowd.talkers) {
    expect(room.roster.value.members.toSorted(), way).toEqual(crowd.talkers[0]?.room.roster.value.members.toSorted());
    expect(client.state.value, way).toEqual({ status: 'live' });
  }
});
