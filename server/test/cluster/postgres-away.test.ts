/** PostgreSQL is for the texts of errors only: without it a node starts, chats, and has the bundled texts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/protocol/index.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ nodes: 1, env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nowhere' } });
});
afterAll(() => cluster.stop());

describe('a node whose PostgreSQL is away from the start', () => {
  it('tells errors in the bundled texts of the asked language, and chats', async () => {
    const people = gatherPeople();
    const [url = ''] = cluster.urls;
    for (const language of ['ko', 'en', 'ja'] as const) {
      const answer = await fetch(`${url}/api/rooms/zzzzzzzz`, { headers: { 'accept-language': language } });
      const body: unknown = await answer.json();
      expect(body).toMatchObject({ error: { code: 'ROOM_NOT_FOUND', ...ERRORS.ROOM_NOT_FOUND.texts[language] } });
    }
    const { roomId, token } = await createRoom(url, people.nameOf('방장'));
    const owner = await people.connect('방장', { url, door: 'websocket', token });
    await owner.join(roomId);
    await owner.send(roomId, '데이터베이스 없이도');
    await owner.gets(roomId, '데이터베이스 없이도');
  });
});
