/** The connections that commands travel on go silent without being closed: requests end by their deadline, sends go on. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { probeAnswers } from './support/answer-probe.ts';
import { proxyBeforeRedis } from './support/redis-proxy.ts';
import { runFault } from './support/scenario.ts';

test('commands on a dead connection end in time, and nothing that was stored is stored twice', async () => {
  const route = proxyBeforeRedis();
  const { figures, verdict } = await runFault({
    name: 'commands-half-open',
    settings: route.settings,
    async inject(scene) {
      const probe = await probeAnswers(scene);
      const from = performance.now();
      // Only the answers are lost: whatever is asked, happens.
      const dead = ['commands', 'send'].map((role) => route.proxy().stall({ role }, ['toClient']));
      await delay(500);
      await probe.untilGranted();
      const grantedS = Math.round(performance.now() - from) / 1_000;
      await delay(2_000);
      const { longestMs, lost } = await probe.stop();
      return {
        'connections dead': dead.reduce((sum, count) => sum + count, 0),
        'stored again after, s': grantedS,
        'longest answer, ms': longestMs,
        'sockets lost': lost,
      };
    },
  });
  expect(figures['longest answer, ms']).toBeLessThanOrEqual(3_500);
  expect(figures['sockets lost']).toBe(0);
  expect(verdict.resyncs).toBe(0);
});
