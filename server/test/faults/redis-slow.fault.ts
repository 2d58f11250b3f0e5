/** Every answer of Redis comes 500 ms later: all is slower, nothing else. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { probeAnswers } from './support/answer-probe.ts';
import { proxyBeforeRedis } from './support/redis-proxy.ts';
import { runFault } from './support/scenario.ts';
import { slowestDelivery } from './support/slowest-delivery.ts';

test('500 ms more to Redis delays everything and breaks nothing', async () => {
  const route = proxyBeforeRedis();
  const { figures, verdict } = await runFault({
    name: 'redis-slow',
    settings: route.settings,
    async inject(scene) {
      const probe = await probeAnswers(scene);
      const from = performance.now();
      route.proxy().delay(500);
      await delay(12_000);
      route.proxy().delay(0);
      const { longestMs, granted, refused, lost } = await probe.stop();
      return {
        'requests granted': granted,
        'requests refused': Object.values(refused).reduce((sum, count) => sum + count, 0),
        'longest answer, ms': longestMs,
        'sockets lost': lost,
        'latest delivery, ms': await slowestDelivery(scene.crowd, from),
      };
    },
  });
  expect(figures['longest answer, ms']).toBeLessThanOrEqual(3_500);
  expect(figures['requests refused']).toBe(0);
  expect(figures['sockets lost']).toBe(0);
  expect(verdict.resyncs).toBe(0);
});
