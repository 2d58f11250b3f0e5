/** What a trusted program publishes by hand on `chan:<roomId>`. */
import { afterAll, describe, expect, inject, it } from 'vitest';
import { openAdmin } from '../support/cluster.ts';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';

const { urls, redisUrl } = inject('cluster');
const admin = openAdmin(redisUrl);
afterAll(() => admin.disconnect());

/** One client on each door of each node, all in one room. */
async function everywhere() {
  const people = gatherPeople();
  const { roomId } = await createRoom(urls[0] ?? '', people.nameOf('방장'));
  const doors = ['socketio', 'websocket'] as const;
  const clients = await Promise.all(
    urls.flatMap((url, node) => doors.map((door) => people.connect(`손님${node}${door}`, { url, door }))),
  );
  for (const client of clients) await client.join(roomId);
  await Promise.all(clients.map((client) => client.send(roomId, `${client.name} 왔어요`)));
  await people.settle();
  return { roomId, clients };
}

describe('an event published by hand', () => {
  it('reaches everyone in the room, on every node and both doors, without its type', async () => {
    const { roomId, clients } = await everywhere();

    await admin.publish(`chan:${roomId}`, '{"type":"test","message":"hello 안녕"}');

    for (const client of clients) {
      const { payload } = await client.hears('test');
      expect(payload).toEqual({ roomId, message: 'hello 안녕' });
    }
  });

  it('reaches nobody where it imitates a reserved type, has no usable one, or is too large', async () => {
    const { roomId, clients } = await everywhere();
    const heardBefore = clients.map((client) => client.heard.length);
    const reserved =
      'joined msg user_joined user_left left presence members room_stats typing reads resync drain error pong ack join ping ' +
      'leave read history remove connect connect_error disconnect disconnecting newListener removeListener';
    const imitations = [
      ...reserved.split(' ').map((type) => JSON.stringify({ type, roomId, message: 'imitation', rev: 1_000_000 })),
      ...['Test', '1test', 'te-st', '', 'a'.repeat(33)].map((type) => JSON.stringify({ type })),
      JSON.stringify({ type: 'msg', roomId, seq: 7, id: 'x', from: 'mallory', text: 'imitation', timestamp: '' }),
      JSON.stringify({ type: 'big', filling: 'x'.repeat(9 * 1024) }),
      JSON.stringify({ message: 'no type' }),
      JSON.stringify({ type: 5 }),
      ...['not json', '', '"text"', '[]', 'null', '{"type":"test"', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ];
    for (const imitation of imitations) await admin.publish(`chan:${roomId}`, imitation);
    await admin.publish(`chan:${roomId}`, '{"type":"barrier"}');

    for (const [index, client] of clients.entries()) {
      await client.hears('barrier');
      const heard = client.heard.slice(heardBefore[index]).map(({ event }) => event);
      expect(heard).toEqual(['barrier']);
      expect(client.isOpen).toBe(true);
    }
  });
});
