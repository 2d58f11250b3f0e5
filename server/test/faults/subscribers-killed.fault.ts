/** Every subscriber connection is killed five times under load: what was published meanwhile is fetched. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runFault } from './support/scenario.ts';
import { slowestDelivery } from './support/slowest-delivery.ts';

test('subscribers that are killed again and again lose nothing', async () => {
  const { figures, verdict } = await runFault({
    name: 'subscribers-killed',
    rate: 100,
    async inject({ admin, crowd }) {
      const from = performance.now();
      let killed = 0;
      for (let round = 0; round < 5; round++) {
        killed += Number(await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
        await delay(800);
      }
      return { 'connections killed': killed, 'latest delivery, ms': await slowestDelivery(crowd, from) };
    },
  });
  expect(figures['connections killed']).toBeGreaterThanOrEqual(15);
  expect(verdict.resyncs).toBe(0);
});
