/** A node that dies takes nothing with it: its people go on elsewhere and have lost nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';
import { keepComingBack, talk } from '../support/steadfast.ts';
import { expectPromiseKept } from '../support/verdicts.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

const CLIENTS = 24;
const MESSAGES = 40;

describe('a node killed with SIGKILL under load', () => {
  it('loses nothing for anybody: clients connect elsewhere with `after` and send again', async () => {
    const people = gatherPeople();
    const urls = [...cluster.urls];
    const { roomId } = await createRoom(urls[0] ?? '', people.nameOf('방장'));
    const arrive = async (index: number) => {
      const url = urls[index % urls.length] ?? '';
      const client = await people.connect(`손님${index}`, { url, door: index % 2 ? 'socketio' : 'websocket' });
      await client.join(roomId);
      return client;
    };
    const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, index) => arrive(index)));
    const returns = clients.map((client) => keepComingBack(client, roomId, urls));

    const talks = Promise.all(clients.map((client) => talk(client, roomId, MESSAGES)));
    const survivor = clients[0];
    await survivor?.until(() => survivor.messages(roomId).length > (CLIENTS * MESSAGES) / 4, 30_000);
    await cluster.nodes[1]?.kill();
    await talks;
    await Promise.all(clients.map((client) => client.until(() => client.rooms.get(roomId)?.isIn, 30_000)));
    await people.settle(30_000);
    for (const { stop } of returns) stop();

    const verdict = expectPromiseKept(people.history, 'a node killed under load');
    expect(verdict).toMatchObject({ acked: CLIENTS * MESSAGES, resyncs: 0 });
    expect(people.history.records.filter(({ kind }) => kind === 'disconnect').length).toBeGreaterThanOrEqual(
      CLIENTS / 3,
    );
  });
});
