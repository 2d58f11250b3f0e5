/** One reader stops reading in the middle of a busy room: the others do not notice, the server cuts it. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startIdleSockets } from './support/idle-sockets.ts';
import { nodeMetric } from './support/node-metrics.ts';
import { typicalP99 } from './support/percentile.ts';
import { residentMb } from './support/process-memory.ts';
import { runFault } from './support/scenario.ts';

test('a reader that stops reading is cut and disturbs nobody', async () => {
  await runFault({
    name: 'reader-stalled',
    rooms: 1,
    rate: 60,
    warmupMs: 8_000,
    async inject({ node, rooms: [roomId = ''], crowd }) {
      const { url, process } = node('n1');
      const before = typicalP99(crowd.deliveries);
      const memoryBefore = residentMb(process.pid);
      const reader = await startIdleSockets({ count: 1, url, elsewhere: url, roomId, name: 'stalled' });
      const cuts = () => nodeMetric(url, 'c2c_connections_closed_total', 'transport="websocket"');
      const cutsBefore = await cuts();
      const from = crowd.deliveries.length;
      reader.stall();
      const stalledAt = performance.now();
      await eventually(cuts, (count) => count > cutsBefore, 40_000);
      const cutAfterS = Math.round((performance.now() - stalledAt) / 100) / 10;
      await delay(1_000);
      const meanwhile = typicalP99(crowd.deliveries.slice(from));
      reader.close();
      return {
        'cut after, s': cutAfterS,
        "others' p99 before, ms": before,
        "others' p99 meanwhile, ms": meanwhile,
        'node memory before, MB': memoryBefore,
        'node memory after, MB': residentMb(process.pid),
      };
    },
    check(figures) {
      expect(figures['cut after, s']).toBeLessThan(30);
    },
  });
});
