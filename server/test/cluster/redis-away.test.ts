/** Redis away: sockets stay, requests are answered in time that it is not there, and everything goes on by itself. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { gatherPeople } from '../support/people.ts';
import { callApi, createRoom } from '../support/rest.ts';
import { sendSurely } from '../support/steadfast.ts';
import type { TestClient } from '../support/test-client.ts';
import { expectPromiseKept } from '../support/verdicts.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ nodes: 2, redis: { isDurable: true } });
});
afterAll(() => cluster.stop());

const DEADLINE_MS = 3_000;
/** What a busy machine adds between an answer and its being noticed here. */
const SLACK_MS = 1_500;
const UNAVAILABLE = { error: { code: 'SERVICE_UNAVAILABLE', retryable: true } };

async function twoPeople() {
  const people = gatherPeople();
  const [first = '', second = ''] = cluster.urls;
  const { roomId, token } = await createRoom(first, people.nameOf('방장'));
  const owner = await people.connect('방장', { url: first, door: 'websocket', token });
  await owner.join(roomId);
  const guest = await people.connect('손님', { url: second, door: 'socketio' });
  await guest.join(roomId);
  await owner.send(roomId, '전');
  await people.settle();
  return { people, roomId, owner, guest };
}

/** Asks for all that needs Redis; answers how long the slowest refusal took, ms. */
async function everythingIsRefused(clients: readonly TestClient[], roomId: string): Promise<number> {
  const startMs = performance.now();
  await Promise.all([
    ...clients.map((client) =>
      expect(client.send(roomId, '지금은 안 됨', { clientMsgId: `away-${client.door}` })).rejects.toMatchObject(
        UNAVAILABLE,
      ),
    ),
    ...clients.map((client) => expect(client.join(roomId)).rejects.toMatchObject(UNAVAILABLE)),
    ...clients.map((client) => expect(client.history(roomId)).rejects.toMatchObject(UNAVAILABLE)),
    ...cluster.urls.map(async (url) => {
      expect(await callApi(`${url}/api/rooms/${roomId}`)).toMatchObject({
        status: 503,
        body: { success: false, error: { code: 'SERVICE_UNAVAILABLE' } },
      });
    }),
  ]);
  return performance.now() - startMs;
}

async function everythingGoesOn(
  { people, roomId, owner, guest }: Awaited<ReturnType<typeof twoPeople>>,
  title: string,
) {
  await Promise.all([sendSurely(owner, roomId, '후 1'), sendSurely(guest, roomId, '후 2')]);
  await people.settle(15_000);
  for (const client of [owner, guest]) {
    await client.gets(roomId, '후 1');
    await client.gets(roomId, '후 2');
    expect(client.closeReason).toBeNull();
  }
  expect(expectPromiseKept(people.history, title).resyncs).toBe(0);
}

describe('Redis away', () => {
  it('stands still for 5 s: requests are refused within 3 s, then everything goes on', async () => {
    const scene = await twoPeople();
    cluster.redis.freeze();
    const frozenMs = performance.now();
    let rounds = 0;
    while (performance.now() - frozenMs < 5_000 || rounds < 2) {
      expect(await everythingIsRefused([scene.owner, scene.guest], scene.roomId)).toBeLessThan(DEADLINE_MS + SLACK_MS);
      rounds++;
    }
    cluster.redis.thaw();
    await everythingGoesOn(scene, 'Redis stood still');
  });

  it('is killed and started again with its data: requests are refused within 3 s, then everything goes on', async () => {
    const scene = await twoPeople();
    await cluster.redis.kill();
    expect(await everythingIsRefused([scene.owner, scene.guest], scene.roomId)).toBeLessThan(DEADLINE_MS + SLACK_MS);
    await cluster.redis.start();
    await everythingGoesOn(scene, 'Redis restarted');
  });
});
