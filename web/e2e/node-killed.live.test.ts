/** The client library when a node dies in the middle of sending. */
import { expect, it } from 'vitest';
import { ownCrowd } from './support/own-cluster.ts';
import { expectEverythingOnceInOneOrder } from './support/promise.ts';

const world = ownCrowd();

const EACH = 100;

it('sends and receives everything once and in one order though a node is killed meanwhile', async () => {
  const { cluster, crowd } = world();
  const all = EACH * crowd.talkers.length;
  const talk = crowd.talk(EACH);
  await crowd.heard(all / 5, 'somebody');
  await cluster.nodes[0]?.kill();
  expect(await talk, cluster.logs()).toEqual({ sent: all });
  await crowd.heard(all);
  expectEverythingOnceInOneOrder(crowd, EACH);
});
