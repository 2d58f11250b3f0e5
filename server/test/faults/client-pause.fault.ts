/** Redis answers nobody for 5 s (CLIENT PAUSE), as it does while a fail-over is under way. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { probeAnswers } from './support/answer-probe.ts';
import { runFault } from './support/scenario.ts';

const PAUSE_MS = 5_000;

test('a Redis that pauses 5 s leaves nobody waiting and loses nothing', async () => {
  const { figures, verdict } = await runFault({
    name: 'client-pause',
    async inject(scene) {
      const probe = await probeAnswers(scene);
      await scene.admin.client('PAUSE', PAUSE_MS, 'ALL');
      await delay(PAUSE_MS);
      const backAt = performance.now();
      await probe.untilGranted();
      const grantedS = Math.round(performance.now() - backAt) / 1_000;
      await delay(2_000);
      const { longestMs, refused, lost } = await probe.stop();
      return {
        'stored again after the pause, s': grantedS,
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
