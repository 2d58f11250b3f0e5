/** 200 readers stop reading in a room with 200 messages a second: what the others see, and what it costs in memory. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type IdleSockets, startIdleSockets } from './support/idle-sockets.ts';
import { nodeMetric } from './support/node-metrics.ts';
import { typicalP99 } from './support/percentile.ts';
import { kernelSendMb, residentMb, watchPeak } from './support/process-memory.ts';
import { runFault } from './support/scenario.ts';

const STALLED = 200;
const READING_MS = 10_000;
const BUSY_MS = 20_000;
const CALM_MS = 5_000;
/** 200 readers at 1 MB each, and as much again for what the process does with it. */
const MOST_GROWTH_MB = 500;

test('200 stalled readers in a busy room leave the others alone and the memory bounded', async () => {
  const stalled: IdleSockets[] = [];
  await runFault({
    ...{ name: 'stalled-readers', clients: 12, rooms: 1, rate: 200, textLength: 1_000, warmupMs: 10_000 },
    client: { keepMessages: 20_000 },
    settings: { env: { MESSAGE_RATE: '1000' } },
    async inject({ node, rooms: [roomId = ''], crowd, load }) {
      const { url, port, process } = node('n1');
      const p99Since = (from: number) => typicalP99(crowd.deliveries.slice(from));
      load.pause();
      const before = p99Since(0);
      const readers = await startIdleSockets({ count: STALLED, url, elsewhere: url, roomId, name: 'stalled' });
      stalled.push(readers);
      const joined = crowd.deliveries.length;
      load.start();
      await delay(READING_MS);
      const reading = p99Since(joined);
      const atRest = residentMb(process.pid);
      const resident = watchPeak(() => residentMb(process.pid));
      const kernel = watchPeak(() => kernelSendMb(port) ?? 0);
      const from = crowd.deliveries.length;
      const said = crowd.said.length;
      const closed = () => nodeMetric(url, 'c2c_connections_closed_total', 'transport="websocket"');
      const closedBefore = await closed();
      readers.stall();
      await delay(BUSY_MS);
      const cut = await nodeMetric(url, 'c2c_connections_cut_total', 'reason="SLOW_CONSUMER"');
      const ended = (await closed()) - closedBefore;
      const rate = Math.round((crowd.said.length - said) / (BUSY_MS / 1_000));
      const meanwhile = p99Since(from);
      const gone = crowd.deliveries.length;
      await delay(CALM_MS);
      load.pause();
      return {
        "others' p99 before the 200 came, ms": before,
        "others' p99 while the 200 read, ms": reading,
        "others' p99 while they did not, ms": meanwhile,
        "others' p99 after they were cut, ms": p99Since(gone),
        'node memory before, MB': atRest,
        'node memory at most, MB': resident.stop(),
        'kernel send buffers at most, MB': kernel.stop(),
        'cut for reading too slowly': cut,
        'cut in all, most for a late pong': ended,
        'messages a second': rate,
      };
    },
    check(figures) {
      for (const readers of stalled) readers.close();
      const growth = Number(figures['node memory at most, MB']) - Number(figures['node memory before, MB']);
      expect(growth).toBeLessThan(MOST_GROWTH_MB);
    },
  });
});
