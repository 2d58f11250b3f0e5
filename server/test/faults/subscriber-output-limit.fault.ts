/** Redis closes subscribers whose output buffer is full: what they did not hear is fetched. */
import { setTimeout as delay } from 'node:timers/promises';
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
      const before = await disconnections(admin);
      await admin.config('SET', 'client-output-buffer-limit', TINY);
      const flood = JSON.stringify({ type: 'flood', pad: 'x'.repeat(7_000) });
      for (let round = 0; round < 3; round++) {
        for (const roomId of rooms) await admin.eval(FLOOD, 1, `chan:${roomId}`, flood);
        await delay(1_000);
      }
      await admin.config('SET', 'client-output-buffer-limit', SHIPPED);
      return {
        'subscribers cut off': (await disconnections(admin)) - before,
        'latest delivery, ms': await slowestDelivery(crowd, from),
      };
    },
  });
  expect(figures['subscribers cut off']).toBeGreaterThan(0);
  expect(verdict.resyncs).toBe(0);
});

async function disconnections(admin: { info(section: string): Promise<string> }): Promise<number> {
  const stats = await admin.info('stats');
  return Number(/client_output_buffer_limit_disconnections:(\d+)/.exec(stats)?.[1] ?? 0);
}
