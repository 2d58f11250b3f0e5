/** A node stands still and goes on: for 20 s its people only wait, after 40 s it must deliver nothing more. */
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'vitest';
import { untilAllLive, watchOffline } from './support/liveness.ts';
import { runFault } from './support/scenario.ts';

test.each([20, 40])('a node that stood still for %i s loses nothing', async (seconds) => {
  await runFault({
    name: `node-frozen-${seconds}s`,
    settleMs: 60_000,
    async inject({ node, crowd }) {
      const offline = watchOffline(crowd);
      node('n1').process.freeze();
      await delay(seconds * 1_000);
      const before = offline.count();
      node('n1').process.thaw();
      const liveAgainMs = await untilAllLive(crowd);
      return { 'clients gone before it went on': before, 'all live after it went on, ms': liveAgainMs };
    },
  });
});
