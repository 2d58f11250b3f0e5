/** A thousand rooms are made, used and left, and after the idle time nothing of them stays in Redis for ever. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { gatherPeople } from '../support/people.ts';
import { callApi } from '../support/rest.ts';

const LIVES = { PRESENCE_TTL: '1.5', SESSION_TTL: '6', ROOM_IDLE_TTL: '6', LOG_TTL: '60' };
const BEATS = { PRESENCE_RENEW_MS: '500', CLOSE_GRACE_MS: '250', SWEEP_INTERVAL_MS: '100' };
const USERS = 20;
const ROOMS_EACH = 50;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ nodes: 2, env: { ...LIVES, ...BEATS } });
});
afterAll(() => cluster.stop());

async function keysForEver(): Promise<string[]> {
  const keys = await cluster.admin.keys('*');
  const lives = await Promise.all(keys.map((key) => cluster.admin.pttl(key)));
  return keys.filter((_, i) => lives[i] === -1);
}

it('leaves no key without a lifetime', async () => {
  const people = gatherPeople();
  let made = 0;
  async function use(index: number): Promise<void> {
    const url = cluster.urls[index % 2] ?? '';
    const name = people.nameOf(`사람${index}`);
    const door = index % 2 ? 'socketio' : 'websocket';
    const session = await callApi(`${url}/api/sessions`, { method: 'POST', body: { name } });
    const { token } = session.body.data as { token: string };
    const client = await people.connect(name, { url, door, token });
    for (let n = 0; n < ROOMS_EACH; n++) {
      const body = { creatorName: name, private: n % 3 === 0, title: `${n}` };
      const answer = await callApi(`${url}/api/rooms`, { method: 'POST', token, body });
      const { roomId } = answer.body.data as { roomId: string };
      // Every seventh is made and never entered.
      if (n % 7 !== 0) {
        await client.join(roomId);
        const { seq } = await client.send(roomId, `${n}`);
        await client.request('typing', { roomId });
        await client.request('read', { roomId, seq });
        // Some are left by the end of the session, some by its lapse.
        if (n % 5 !== 0) await client.leave(roomId);
      }
      made++;
    }
    if (index % 2 === 0) await callApi(`${url}/api/sessions`, { method: 'DELETE', token });
    client.close();
  }
  await Promise.all(Array.from({ length: USERS }, (_, index) => use(index)));
  expect(made).toBe(USERS * ROOMS_EACH);
  const madeAt = performance.now();
  const staying = await eventually(keysForEver, (keys) => keys.length === 0, 60_000);
  const seconds = ((performance.now() - madeAt) / 1_000).toFixed(1);
  expect(staying).toEqual([]);
  process.stdout.write(`${made} rooms made, used and left: ${staying.length} keys without TTL ${seconds} s later\n`);
}, 240_000);
