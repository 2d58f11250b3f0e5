/** The client library when a node is asked to go in the middle of sending. */
import { expect, it } from 'vitest';
import { ownCrowd } from './support/own-cluster.ts';
import { expectEverythingOnceInOneOrder } from './support/promise.ts';

const world = ownCrowd();

const EACH = 100;

it('moves to another node without losing, doubling or swapping anything, and nobody is seen offline', async () => {
  const { cluster, crowd } = world();
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
