/** A node hears a room only while somebody on it is in that room. */
import { afterAll, describe, expect, inject, it } from 'vitest';
import { openAdmin } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';

const { urls, redisUrl } = inject('cluster');
const [first = '', second = '', third = ''] = urls;
const admin = openAdmin(redisUrl);
afterAll(() => admin.disconnect());

/** How many connections hear the room's channel. */
async function ears(roomId: string): Promise<number> {
  const [, count] = await admin.pubsub('NUMSUB', `chan:${roomId}`);
  return Number(count);
}

/** Channels that each node's subscriber hears, rooms or not: `n1` → 2. */
async function channelsOfNodes(): Promise<Map<string, number>> {
  const list = String(await admin.call('CLIENT', 'LIST', 'TYPE', 'pubsub'));
  const found = [...list.matchAll(/name=c2c:(n\d+):subscriber .*?\bsub=(\d+)/g)];
  return new Map(found.map(([, node = '', count]) => [node, Number(count)]));
}

describe('subscriptions of a node', () => {
  it('are none without members in the room, one with, and none again after the last has gone', async () => {
    const people = gatherPeople();
    await eventually(
      () => admin.pubsub('CHANNELS', 'chan:*'),
      (channels) => channels.length === 0,
      15_000,
    );
    const idle = await channelsOfNodes();
    const { roomId, token } = await createRoom(first, people.nameOf('방장'));
    expect(await ears(roomId)).toBe(0);

    const owner = await people.connect('방장', { url: second, door: 'websocket', token });
    await owner.join(roomId);
    const guest = await people.connect('손님', { url: second, door: 'socketio' });
    await guest.join(roomId);
    await owner.send(roomId, '여기만');
    expect(await ears(roomId)).toBe(1);
    const one = await channelsOfNodes();
    const added = [...one].map(([node, count]) => [node, count - (idle.get(node) ?? 0)]);
    expect(Object.fromEntries(added)).toEqual({ n1: 0, n2: 1, n3: 0 });

    const late = await people.connect('늦은', { url: third, door: 'websocket' });
    await late.join(roomId);
    expect(await ears(roomId)).toBe(2);
    await late.leave(roomId);
    await eventually(
      () => ears(roomId),
      (count) => count === 1,
    );
    await guest.leave(roomId);
    expect(await ears(roomId)).toBe(1);
    owner.close();
    await eventually(
      () => ears(roomId),
      (count) => count === 0,
    );
    const after = await channelsOfNodes();
    expect(after).toEqual(idle);
    process.stdout.write(
      `chan:* subscriptions on a node without members: 0; with members of one room: 1; after the last has gone: ${await ears(roomId)}\n`,
    );
  });

  it('are never patterns of ours', async () => {
    const list = String(await admin.call('CLIENT', 'LIST', 'TYPE', 'pubsub'));
    const patterns = [...list.matchAll(/name=c2c:n\d+:subscriber .*?\bpsub=(\d+)/g)].map(([, count]) => Number(count));
    expect(patterns).toEqual([0, 0, 0]);
  });
});
