/** Online, offline and gone: told by the cluster in time, whichever way somebody went. Times are scaled down. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';

let cluster: Cluster;
beforeAll(async () => {
  const PRESENCE_RENEW_MS = '500';
  const lives = { PRESENCE_TTL: '1.5', SESSION_TTL: '6', CLOSE_GRACE_MS: '250', SWEEP_INTERVAL_MS: '50' };
  cluster = await startCluster({ env: { ...lives, PRESENCE_RENEW_MS } });
});
afterAll(() => cluster.stop());

async function ownerAndGuest() {
  const people = gatherPeople();
  const [first = '', second = '', third = ''] = cluster.nodes.filter((node) => node.isAlive()).map(({ url }) => url);
  const { roomId, token } = await createRoom(first, people.nameOf('방장'));
  const owner = await people.connect('방장', { url: first, door: 'websocket', token });
  await owner.join(roomId);
  const guest = await people.connect('손님', { url: third || second, door: 'socketio' });
  await guest.join(roomId);
  await owner.hears('user_joined');
  return { people, roomId, owner, guest, userId: people.nameOf('손님'), otherUrl: second };
}

describe('presence', () => {
  it('tells that somebody went offline, came back, and nothing for a reload', async () => {
    const { owner, guest, roomId, userId, otherUrl } = await ownerAndGuest();
    await guest.connect(otherUrl);
    await guest.rejoin(roomId);
    await guest.send(roomId, '새로고침');
    await owner.gets(roomId, '새로고침');
    expect(owner.heard.filter(({ event }) => event === 'presence')).toEqual([]);

    guest.close();
    const offline = await owner.hears('presence', { userId, status: 'offline' });
    await guest.connect();
    const online = await owner.hears('presence', { userId, status: 'online' });

    expect(online.payload.rev).toBe(Number(offline.payload.rev) + 1);
  });

  it('ends the membership of somebody whose session is gone', async () => {
    const { owner, guest, userId } = await ownerAndGuest();
    guest.close();
    await owner.hears('presence', { userId, status: 'offline' });
    await owner.hears('user_left', { userId, reason: 'expired' }, { withinMs: 20_000 });
  });

  it('tells that the people of a killed node are offline', async () => {
    const { owner, guest, userId } = await ownerAndGuest();
    await cluster.nodes.find(({ url }) => url === guest.url)?.kill();
    await owner.hears('presence', { userId, status: 'offline' }, { withinMs: 20_000 });
  });
});
