/** A node starts while Redis is away: it lives, says that it is not ready, and becomes ready by itself. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { runFault } from './support/scenario.ts';

test('a node that starts without Redis waits for it', async () => {
  const { figures } = await runFault({
    name: 'start-without-redis',
    async inject({ redis, node }) {
      const { url, process, restart } = node('n1');
      await redis.kill();
      await process.kill();
      const ready = restart();
      const live = await eventually(
        () => statusOf(`${url}/health/live`),
        (status) => status === 200,
        30_000,
      );
      const notReady = await statusOf(`${url}/health/ready`);
      const rest = await statusOf(`${url}/api/sessions/me`);
      await redis.start();
      const backAt = performance.now();
      await ready;
      return {
        live,
        'ready without Redis': notReady,
        'REST without a token': rest,
        'ready after its return, s': Math.round(performance.now() - backAt) / 1_000,
      };
    },
  });
  expect(figures).toMatchObject({ live: 200, 'ready without Redis': 503, 'REST without a token': 401 });
});

async function statusOf(url: string): Promise<number> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(3_500) }).catch(() => null);
  await answer?.text();
  return answer?.status ?? 0;
}
