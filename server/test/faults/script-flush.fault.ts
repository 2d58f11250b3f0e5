/** The scripts are flushed again and again under load: each call sends its script once more, nothing runs twice. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { probeAnswers } from './support/answer-probe.ts';
import { runFault } from './support/scenario.ts';

const ROUNDS = 200;

test('SCRIPT FLUSH under load is not noticed', async () => {
  const { figures, verdict } = await runFault({
    name: 'script-flush',
    rate: 100,
    async inject(scene) {
      const probe = await probeAnswers(scene);
      for (let round = 0; round < ROUNDS; round++) {
        await scene.admin.script('FLUSH');
        await delay(25);
      }
      const { longestMs, granted, refused } = await probe.stop();
      return {
        flushes: ROUNDS,
        'requests granted': granted,
        'requests refused': Object.values(refused).reduce((sum, count) => sum + count, 0),
        'longest answer, ms': longestMs,
      };
    },
  });
  expect(figures['requests refused']).toBe(0);
  expect(verdict.resyncs).toBe(0);
});
