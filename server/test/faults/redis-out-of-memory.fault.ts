/** Redis has no memory for 5 s: every write is refused and none is half done; reading goes on. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { probeAnswers } from './support/answer-probe.ts';
import { roomsOutOfStep } from './support/room-keys.ts';
import { runFault } from './support/scenario.ts';

test('a Redis without memory refuses, writes nothing half, and goes on afterwards', async () => {
  const { figures, verdict } = await runFault({
    name: 'redis-out-of-memory',
    async inject(scene) {
      const probe = await probeAnswers(scene);
      await scene.admin.config('SET', 'maxmemory', '1');
      await delay(1_000);
      const grantedBefore = probe.answers.granted;
      await delay(4_000);
      const reads = probe.answers.granted - grantedBefore;
      const halfWritten = await roomsOutOfStep(scene);
      await scene.admin.config('SET', 'maxmemory', '0');
      const backAt = performance.now();
      await probe.untilGranted();
      const grantedS = Math.round(performance.now() - backAt) / 1_000;
      await delay(1_000);
      const { longestMs, refused, lost } = await probe.stop();
      return {
        'sends refused': refused.SERVICE_UNAVAILABLE ?? 0,
        'pages read meanwhile': reads,
        'rooms half written': halfWritten.length,
        'stored again after, s': grantedS,
        'longest answer, ms': longestMs,
        'sockets lost': lost,
      };
    },
  });
  expect(figures['sends refused']).toBeGreaterThan(0);
  expect(figures['pages read meanwhile']).toBeGreaterThan(0);
  expect(figures['rooms half written']).toBe(0);
  expect(figures['longest answer, ms']).toBeLessThanOrEqual(3_500);
  expect(figures['sockets lost']).toBe(0);
  expect(verdict.resyncs).toBe(0);
});
