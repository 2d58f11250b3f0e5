/** A node is killed with SIGKILL under 200 users, with the times as they are shipped: who is told to be gone, and when. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, openAdmin, startCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';
import type { TestClient } from '../support/test-client.ts';

const USERS = 200;
const ROOMS = 10;
/** By the protocol somebody is offline at most that long after their node died. */
const LATEST_MS = 45_000;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ nodes: 2 });
});
afterAll(() => cluster.stop());

type Told = { atMs: number; what: string };

async function listen(): Promise<{ told: Told[]; close(): void }> {
  const listener = openAdmin(cluster.redisUrl);
  const told: Told[] = [];
  listener.on('pmessage', (_pattern: string, _channel: string, text: string) => {
    const { type, status, userId } = JSON.parse(text) as Record<string, unknown>;
    if (type === 'presence' || type === 'left')
      told.push({ atMs: performance.now(), what: `${userId} ${status ?? type}` });
  });
  await listener.psubscribe('chan:*');
  return { told, close: () => listener.disconnect() };
}

it('tells of those who are gone once and in time, and of nobody who has another tab or comes back', async () => {
  const people = gatherPeople();
  const [living = '', dying = ''] = cluster.urls;
  const rooms = await Promise.all(
    Array.from({ length: ROOMS }, (_, i) => createRoom(living, people.nameOf(`방장${i}`))),
  );
  const roomOf = (index: number) => rooms[index % ROOMS]?.roomId ?? '';
  const arrive = async (index: number) => {
    const client = await people.connect(`사람${index}`, { url: dying, door: index % 2 ? 'socketio' : 'websocket' });
    await client.join(roomOf(index));
    return client;
  };
  const clients: TestClient[] = [];
  for (let index = 0; index < USERS; index++) clients.push(await arrive(index));
  const isElsewhere = (index: number) => index % 4 === 0;
  const comesBack = (index: number) => index % 4 === 1;
  const leavesAlone = (index: number) => index % 4 > 1;
  for (const [index, { token }] of clients.entries()) {
    if (!isElsewhere(index)) continue;
    const tab = await people.connect(`사람${index}`, { url: living, door: 'websocket', token });
    await tab.join(roomOf(index));
  }

  const { told, close } = await listen();
  const killedAt = performance.now();
  await cluster.nodes[1]?.kill();
  await Promise.all(
    clients.map(async (client, index) => {
      if (!comesBack(index)) return;
      await client.until(() => !client.isOpen);
      await client.connect(living);
      await client.rejoin(roomOf(index));
    }),
  );
  expect(performance.now() - killedAt).toBeLessThan(5_000);
  const gone = clients.flatMap((_, index) => (leavesAlone(index) ? `${people.nameOf(`사람${index}`)} offline` : []));
  await eventually(
    () => told.length,
    (count) => count >= gone.length,
    LATEST_MS + 10_000,
  );
  // Whoever comes last has been told of: now nothing more may come until every deadline of before the kill is over.
  const start = performance.now();
  await eventually(
    () => performance.now() - start,
    (ms) => ms > 3_000,
  );
  close();

  const ours = told.filter(({ what }) => what.startsWith('사람'));
  expect(ours.map(({ what }) => what).sort()).toEqual(gone.sort());
  const afterMs = ours.map(({ atMs }) => Math.round(atMs - killedAt)).sort((a, b) => a - b);
  process.stdout.write(`offline ${afterMs[0]}–${afterMs.at(-1)} ms after the kill: ${ours.length} users\n`);
  expect(afterMs.at(-1)).toBeLessThan(LATEST_MS);
}, 180_000);
