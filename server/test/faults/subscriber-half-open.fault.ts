/** Every node's subscriber goes silent without being closed while commands work: the canary notices. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { proxyBeforeRedis } from './support/redis-proxy.ts';
import { runFault } from './support/scenario.ts';
import { slowestDelivery } from './support/slowest-delivery.ts';

test('a subscriber that is dead but open is noticed and repaired within 5 s', async () => {
  const route = proxyBeforeRedis();
  const { figures, verdict } = await runFault({
    name: 'subscriber-half-open',
    settings: route.settings,
    async inject({ crowd }) {
      const proxy = route.proxy();
      const from = performance.now();
      const dead = new Set(proxy.connections({ role: 'subscriber' }));
      proxy.stall({ role: 'subscriber' }, ['toClient']);
      const born = () => proxy.connections({ role: 'subscriber' }).filter((connection) => !dead.has(connection)).length;
      await eventually(born, (count) => count >= dead.size, 20_000);
      const rebuiltS = Math.round(performance.now() - from) / 1_000;
      return {
        subscribers: dead.size,
        'rebuilt after, s': rebuiltS,
        'latest delivery, ms': await slowestDelivery(crowd, from),
      };
    },
  });
  expect(figures['latest delivery, ms']).toBeLessThanOrEqual(8_000);
  expect(verdict.resyncs).toBe(0);
});
