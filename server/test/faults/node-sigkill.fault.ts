/** A node is killed under load and comes back: its people go elsewhere and are replayed. */
import { test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { untilAllLive, watchOffline } from './support/liveness.ts';
import { runFault } from './support/scenario.ts';

test('a killed node loses nothing', async () => {
  await runFault({
    name: 'node-sigkill',
    async inject({ node, crowd }) {
      const offline = watchOffline(crowd);
      await node('n1').process.kill();
      await eventually(offline.count, (count) => count > 0);
      const liveAgainMs = await untilAllLive(crowd);
      await node('n1').restart();
      return { 'clients cut': offline.count(), 'all live again, ms': liveAgainMs };
    },
  });
});
