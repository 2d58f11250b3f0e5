/** Redis closes subscribers whose output buffer is full: what they did not hear is fetched. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { runFault } from './support/scenario.ts';
import { slowestDelivery } from './support/slowest-delivery.ts';

const TINY = 'pubsub 256kb 128kb 1';
const SHIPPED = 'pubsub 32mb 8mb 60';
/** One script: its publications reach no socket before it ends, so the buffer must hold them all. */
const FLOOD = "for n = 1, 200 do redis.call('PUBLISH', KEYS[1], ARGV[1]) end";

test('a subscriber that Redis cuts off for reading too slowly loses nothing', async () => {
  const { figures, verdict } = await runFault({
    name: 'subscriber-output-limit',
    async inject({ admin, rooms, crowd }) {
      const from = performance.now();
      let cutOff = 0;
      await admin.config('SET', 'client-output-buffer-limit', TINY);
      const flood = JSON.stringify({ type: 'flood', pad: 'x'.repeat(7_000) });
      for (let round = 0; round < 3; round++) {
        const before = await subscriberIds(admin);
        for (const roomId of rooms) await admin.eval(FLOOD, 1, `chan:${roomId}`, flood);
        await delay(1_000);
        const after = new Set(await subscriberIds(admin));
        cutOff += before.filter((id) => !after.has(id)).length;
      }
      await admin.config('SET', 'client-output-buffer-limit', SHIPPED);
      return {
        'subscribers cut off': cutOff,
        'latest delivery, ms': await slowestDelivery(crowd, from),
      };
    },
  });
  expect(figures['subscribers cut off']).toBeGreaterThan(0);
  expect(verdict.resyncs).toBe(0);
});

async function subscriberIds(admin: Redis): Promise<string[]> {
  const list = String(await admin.call('CLIENT', 'LIST', 'TYPE', 'pubsub'));
  return [...list.matchAll(/^id=(\d+)/gm)].map(([, id = '']) => id);
}
