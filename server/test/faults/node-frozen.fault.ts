/** A node stands still and goes on: for 20 s its people only wait, after 40 s it must deliver nothing more. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { probeHandshakes } from './support/handshake-probe.ts';
import { untilAllLive, watchOffline } from './support/liveness.ts';
import { runFault } from './support/scenario.ts';

test.each([20, 40])('a node that stood still for %i s loses nothing', async (seconds) => {
  await runFault({
    name: `node-frozen-${seconds}s`,
    settleMs: 60_000,
    async inject({ node, nginx, crowd }) {
      const offline = watchOffline(crowd);
      node('n1').process.freeze();
      const probes = [probeHandshakes(nginx.url), probeHandshakes(nginx.url, 'upgrade')];
      await delay(seconds * 1_000);
      const [polls = {}, upgrades = {}] = await Promise.all(probes.map((probe) => probe.stop()));
      const before = offline.count();
      node('n1').process.thaw();
      const liveAgainMs = await untilAllLive(crowd);
      return {
        'clients gone before it went on': before,
        'all live after it went on, ms': liveAgainMs,
        'newcomers let in meanwhile': (polls[200] ?? 0) + (upgrades[101] ?? 0),
        'newcomers who were not': unanswered(polls) + unanswered(upgrades),
        'longest wait of a newcomer, ms': Math.max(...probes.map(({ longestMs }) => longestMs)),
      };
    },
    check(figures) {
      // One upgrade of each kind may have been under way to a node that had just stopped.
      expect(figures['newcomers who were not']).toBeLessThanOrEqual(2);
    },
  });
});

function unanswered({ 200: polled = 0, 101: upgraded = 0, ...others }: Readonly<Record<string, number>>): number {
  return Object.values(others).reduce((total, count) => total + count, 0);
}
