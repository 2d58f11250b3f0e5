/** What 1 000 people who only are there cost Redis: client commands per user and heartbeat interval, and how long scripts take. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { createRoom } from '../support/rest.ts';
import { startIdleSockets } from './support/idle-sockets.ts';

const USERS = 1_000;
const ROOMS = 10;
const INTERVAL_MS = 10_000;
const INTERVALS = 3;
const SLOW_US = 2_000;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

it('is at most a fifth of a command for each, and no script takes longer than 2 ms', async () => {
  await cluster.admin.config('SET', 'slowlog-log-slower-than', SLOW_US);
  await cluster.admin.config('SET', 'slowlog-max-len', 1_000);
  const arrivals = Array.from({ length: ROOMS }, async (_, index) => {
    const url = cluster.urls[index % cluster.urls.length] ?? '';
    const { roomId } = await createRoom(url, `host ${index}`);
    return startIdleSockets({ count: USERS / ROOMS, url, elsewhere: url, roomId, name: `u${index}` });
  });
  const groups = await Promise.all(arrivals);
  const commands = new Map<string, number>();
  const monitor = await cluster.admin.duplicate().monitor();
  const start = performance.now();
  monitor.on('monitor', (_time: string, [command = '']: string[], source: string) => {
    if (source === 'lua' || performance.now() - start > INTERVALS * INTERVAL_MS) return;
    commands.set(command.toLowerCase(), (commands.get(command.toLowerCase()) ?? 0) + 1);
  });
  await eventually(
    () => performance.now() - start,
    (ms) => ms > INTERVALS * INTERVAL_MS,
    2 * INTERVALS * INTERVAL_MS,
  );
  monitor.disconnect();
  const total = [...commands.values()].reduce((sum, count) => sum + count, 0);
  const each = total / INTERVALS / USERS;
  const slow = (await cluster.admin.call('SLOWLOG', 'GET', '1000')) as [number, number, number, string[]][];
  const scripts = slow.filter(([, , , [command = '']]) => /^eval/i.test(command)).map(([, , micros]) => micros);
  const ended = groups.reduce((sum, group) => sum + group.ended, 0);
  for (const group of groups) group.close();
  const kinds = JSON.stringify(Object.fromEntries(commands));
  process.stdout.write(
    `${each.toFixed(3)} commands a user and interval (${kinds}); slow scripts: ${scripts.join(' ') || 'none'} µs\n`,
  );
  expect({ ended, slow: scripts }).toEqual({ ended: 0, slow: [] });
  expect(each).toBeLessThanOrEqual(0.2);
}, 240_000);
