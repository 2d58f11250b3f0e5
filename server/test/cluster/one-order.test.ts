/** The promise at full width: three nodes, both doors, every message sent twice, one order for everybody. */
import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { gatherPeople, type People } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';
import type { TestClient } from '../support/test-client.ts';
import { expectPromiseKept } from '../support/verdicts.ts';

const { urls } = inject('cluster');
const ROOMS = 30;
const CLIENTS = 20;
const MESSAGES = 10;

async function fillRoom(people: People, room: number): Promise<{ roomId: string; clients: TestClient[] }> {
  const { roomId } = await createRoom(urls[room % urls.length] ?? '', people.nameOf(`방장${room}`));
  const arrive = async (index: number) => {
    const url = urls[(room + index) % urls.length] ?? '';
    const client = await people.connect(`손님${room}_${index}`, { url, door: index % 2 ? 'socketio' : 'websocket' });
    await client.join(roomId);
    return client;
  };
  return { roomId, clients: await Promise.all(Array.from({ length: CLIENTS }, (_, index) => arrive(index))) };
}

async function talk(client: TestClient, roomId: string): Promise<void> {
  for (let n = 0; n < MESSAGES; n++) {
    const again = { clientMsgId: randomUUID() };
    const text = `${client.name}의 ${n}번째 🎉`;
    const [first, second] = await Promise.all([client.send(roomId, text, again), client.send(roomId, text, again)]);
    expect({ ...second, duplicate: first.duplicate }).toEqual(first);
    expect([first.duplicate, second.duplicate].sort()).toEqual([false, true]);
  }
}

describe('30 rooms of 20 clients on 3 nodes', () => {
  it('loses nothing, doubles nothing and shows everybody one order when every message is sent twice', async () => {
    const people = gatherPeople();
    const rooms: Awaited<ReturnType<typeof fillRoom>>[] = [];
    for (let room = 0; room < ROOMS; room++) rooms.push(await fillRoom(people, room));

    await Promise.all(rooms.flatMap(({ roomId, clients }) => clients.map((client) => talk(client, roomId))));
    await people.settle(30_000);

    const verdict = expectPromiseKept(people.history, `${ROOMS} rooms × ${CLIENTS} clients, every message sent twice`);
    expect(verdict.acked).toBe(ROOMS * CLIENTS * MESSAGES);
    expect(verdict.resyncs).toBe(0);
    for (const { roomId, clients } of rooms) {
      const orders = new Set(
        clients.map((client) =>
          client
            .messages(roomId)
            .map(({ id }) => id)
            .join(' '),
        ),
      );
      expect(orders.size).toBe(1);
      expect(clients[0]?.messages(roomId)).toHaveLength(CLIENTS * MESSAGES);
    }
  });
});
