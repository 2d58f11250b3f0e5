/** Pub/Sub connections that break lose what is published meanwhile; the stream has it, and nobody notices. */
import { afterAll, describe, expect, inject, it } from 'vitest';
import { openAdmin } from '../support/cluster.ts';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';
import { talk } from '../support/steadfast.ts';
import { expectPromiseKept } from '../support/verdicts.ts';

const { urls, redisUrl } = inject('cluster');
const admin = openAdmin(redisUrl);
afterAll(() => admin.disconnect());

const CLIENTS = 18;
const MESSAGES = 60;
const KILLS = 5;

describe('all subscriber connections killed under load', () => {
  it('loses nothing and tells nobody to start over', async () => {
    const people = gatherPeople();
    const { roomId } = await createRoom(urls[0] ?? '', people.nameOf('방장'));
    const arrive = async (index: number) => {
      const url = urls[index % urls.length] ?? '';
      const client = await people.connect(`손님${index}`, { url, door: index % 2 ? 'socketio' : 'websocket' });
      await client.join(roomId);
      return client;
    };
    const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, index) => arrive(index)));

    const talks = Promise.all(clients.map((client) => talk(client, roomId, MESSAGES)));
    for (let kill = 1; kill <= KILLS; kill++) {
      const milestone = (CLIENTS * MESSAGES * kill) / (KILLS + 1);
      const acked = () => people.history.records.reduce((count, { kind }) => count + (kind === 'ack' ? 1 : 0), 0);
      await clients[0]?.until(() => acked() >= milestone, 30_000);
      await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    }
    await talks;
    await people.settle(30_000);

    const verdict = expectPromiseKept(people.history, `${KILLS} times all subscribers killed`);
    expect(verdict).toMatchObject({ acked: CLIENTS * MESSAGES, resyncs: 0 });
    expect(clients.every((client) => client.isOpen)).toBe(true);
  });
});
