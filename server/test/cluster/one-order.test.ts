/** The promise at full width: three nodes, both doors, every message sent twice, one order for everybody. */
import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { gatherPeople, type People } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';
import { keepComingBack, sendSurely } from '../support/steadfast.ts';
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

/** Every message twice at once, under one name. A client that is cut for being slow comes back, as a real one does. */
async function sayTwice(client: TestClient, roomId: string): Promise<void> {
  for (let n = 0; n < MESSAGES; n++) {
    const draft = { text: `${client.name}의 ${n}번째 🎉`, clientMsgId: randomUUID() };
    await Promise.all([sendSurely(client, roomId, draft), sendSurely(client, roomId, draft)]);
  }
}

describe('30 rooms of 20 clients on 3 nodes', () => {
  it('loses nothing, doubles nothing and shows everybody one order when every message is sent twice', async () => {
    const people = gatherPeople();
    const rooms: Awaited<ReturnType<typeof fillRoom>>[] = [];
    for (let room = 0; room < ROOMS; room++) rooms.push(await fillRoom(people, room));

    const everybody = rooms.flatMap(({ roomId, clients }) => clients.map((client) => ({ roomId, client })));
    const returns = everybody.map(({ client, roomId }) => keepComingBack(client, roomId, urls));

    await Promise.all(everybody.map(({ client, roomId }) => sayTwice(client, roomId)));
    await Promise.all(
      everybody.map(({ client, roomId }) => client.until(() => client.rooms.get(roomId)?.isIn, 30_000)),
    );
    await people.settle(30_000);
    for (const { stop } of returns) stop();

    const verdict = expectPromiseKept(people.history, `${ROOMS} rooms × ${CLIENTS} clients, every message sent twice`);
    expect(verdict.acked).toBe(ROOMS * CLIENTS * MESSAGES);
    expect(verdict.resyncs).toBe(0);
    const duplicates = people.history.records.filter((record) => record.kind === 'ack' && record.duplicate).length;
    expect(duplicates).toBeGreaterThanOrEqual(ROOMS * CLIENTS * MESSAGES);
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
