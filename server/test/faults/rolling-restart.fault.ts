/** All nodes are restarted one after another under load: nobody is refused, nothing is lost. */
import { expect, test } from 'vitest';
import { probeHandshakes } from './support/handshake-probe.ts';
import { untilAllLive, watchOffline } from './support/liveness.ts';
import { runFault } from './support/scenario.ts';

test('a rolling restart of all nodes goes unnoticed', async () => {
  await runFault({
    name: 'rolling-restart',
    async inject({ nodes, nginx, crowd }) {
      const offline = watchOffline(crowd);
      const probe = probeHandshakes(nginx.url);
      const seconds: number[] = [];
      for (const node of nodes) {
        const startedAt = performance.now();
        await node.process.stop(30_000);
        await node.restart();
        seconds.push(Math.round((performance.now() - startedAt) / 100) / 10);
        await untilAllLive(crowd);
      }
      const counts = await probe.stop();
      const { 200: letIn = 0, ...refused } = counts;
      return {
        'longest node, s': Math.max(...seconds),
        'handshakes through nginx': letIn,
        'refused through nginx': Object.values(refused).reduce((total, count) => total + count, 0),
        'clients without a connection meanwhile': offline.count(),
      };
    },
    check(figures) {
      expect(figures['longest node, s']).toBeLessThanOrEqual(25);
      expect(figures['refused through nginx']).toBe(0);
    },
  });
});
