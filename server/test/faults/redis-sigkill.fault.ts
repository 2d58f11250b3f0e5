/** Redis is killed and comes back with what its append-only file holds. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { probeAnswers } from './support/answer-probe.ts';
import { runFault } from './support/scenario.ts';

const AWAY_MS = 3_000;

test('a Redis that is killed and comes back with its data loses nothing', async () => {
  const { figures, verdict } = await runFault({
    name: 'redis-sigkill',
    async inject(scene) {
      const probe = await probeAnswers(scene);
      await scene.redis.kill();
      await delay(AWAY_MS);
      await scene.redis.start();
      const backAt = performance.now();
      await probe.untilGranted();
      const grantedS = Math.round(performance.now() - backAt) / 1_000;
      await delay(3_000);
      const { longestMs, refused, lost } = await probe.stop();
      return {
        'stored again after its return, s': grantedS,
        'requests refused meanwhile': refused.SERVICE_UNAVAILABLE ?? 0,
        'longest answer, ms': longestMs,
        'sockets lost': lost,
      };
    },
  });
  expect(figures['longest answer, ms']).toBeLessThanOrEqual(3_500);
  expect(figures['sockets lost']).toBe(0);
  expect(verdict.resyncs).toBe(0);
});
