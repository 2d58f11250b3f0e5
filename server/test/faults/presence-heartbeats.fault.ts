/**
 * What 1 000 people who only are there cost Redis: client commands per user and heartbeat interval, without those that nodes
 * send for themselves and for rooms (the audit's HMGET). How long scripts take is told; the machine has its share in that.
 */
import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadScript } from '../../src/store/script.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { createRoom } from '../support/rest.ts';
import { startIdleSockets } from './support/idle-sockets.ts';
import { openRow, writeRow } from './support/rows.ts';

const USERS = 1_000;
const ROOMS = 10;
const INTERVAL_MS = 10_000;
const INTERVALS = 3;
const SLOW_US = 2_000;
const MOST_COMMANDS = 0.2;
const FAULT = 'presence-heartbeats';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

const SCRIPTS = new URL('../../src/store/scripts/', import.meta.url);
const NAMES = new Map(
  readdirSync(SCRIPTS)
    .filter((file) => file.endsWith('.lua'))
    .map((file) => loadScript(file.replace('.lua', '')))
    .map(({ name, sha }) => [sha, name]),
);

/** Scripts that took longer than they may since this was asked last, with the number of their keys. */
async function slowScripts(): Promise<string[]> {
  const slow = (await cluster.admin.call('SLOWLOG', 'GET', '1000')) as [number, number, number, string[]][];
  await cluster.admin.call('SLOWLOG', 'RESET');
  return slow.flatMap(([, , micros, [command = '', sha = '', keys = '']]) =>
    /^eval/i.test(command) ? `${NAMES.get(sha) ?? sha} (${keys} keys) ${micros} µs` : [],
  );
}

/** Heartbeat intervals pass. */
async function intervalsPass(): Promise<void> {
  await delay(INTERVALS * INTERVAL_MS);
}

/** Commands of clients while `intervalsPass`, by name and in all. MONITOR tells of every step of a script and makes it slow. */
async function countCommands(): Promise<{ kinds: string; total: number; ofRooms: number }> {
  const commands = new Map<string, number>();
  const monitor = await cluster.admin.monitor();
  monitor.on('monitor', (_time: string, [command = '']: string[], source: string) => {
    if (source === 'lua') return;
    commands.set(command.toLowerCase(), (commands.get(command.toLowerCase()) ?? 0) + 1);
  });
  await intervalsPass();
  monitor.disconnect();
  const kinds = [...commands].map(([command, count]) => `${command} ${count}`).join(' ');
  const total = [...commands.values()].reduce((sum, count) => sum + count, 0);
  return { kinds, total, ofRooms: commands.get('hmget') ?? 0 };
}

it('is at most a fifth of a command for each, and nobody is lost', async () => {
  const startedAt = performance.now();
  openRow(FAULT, 0);
  const idle = await countCommands();
  await cluster.admin.config('SET', 'slowlog-log-slower-than', SLOW_US);
  await cluster.admin.config('SET', 'slowlog-max-len', 1_000);
  const arrivals = Array.from({ length: ROOMS }, async (_, index) => {
    const url = cluster.urls[index % cluster.urls.length] ?? '';
    const { roomId } = await createRoom(url, `host ${index}`);
    return startIdleSockets({ count: USERS / ROOMS, url, elsewhere: url, roomId, name: `u${index}` });
  });
  const groups = await Promise.all(arrivals);
  const slowAtArrival = await slowScripts();
  await intervalsPass();
  const slow = await slowScripts();
  const busy = await countCommands();
  const ended = groups.reduce((sum, group) => sum + group.ended, 0);
  for (const group of groups) group.close();
  const perUser = (count: number) => Number((count / INTERVALS / USERS).toFixed(3));
  const own = idle.total - idle.ofRooms;
  const each = perUser(busy.total - busy.ofRooms - own);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const figures = {
    'commands a user and interval': each,
    'with the audit of rooms': perUser(busy.total - own),
    'with those of idle nodes too': perUser(busy.total),
    'commands in 3 intervals': busy.kinds,
    'commands of idle nodes': idle.kinds,
    'scripts over 2 ms': slow.join(', ') || 'none',
    'scripts over 2 ms while all arrived at once': slowAtArrival.join(', ') || 'none',
    'connections lost': ended,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  const isKept = ended === 0 && each <= MOST_COMMANDS;
  writeRow({ fault: FAULT, verdict: `${USERS} users who only are there`, isKept, figures, seed: 0, seconds });
  expect(ended).toBe(0);
  expect(each).toBeLessThanOrEqual(MOST_COMMANDS);
}, 240_000);
