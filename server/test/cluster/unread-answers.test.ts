/** A client that asks for much and reads nothing costs the node little, and is cut. */
import { once } from 'node:events';
import { expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from '../support/eventually.ts';
import { gatherPeople } from '../support/people.ts';
import { createRoom } from '../support/rest.ts';

const [url = ''] = inject('cluster').urls;
const MIB = 1024 * 1024;
const LARGE = '가'.repeat(4_000);

async function bufferedBytes(): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return Number(/^c2c_buffered_bytes\{[^}]*\} (\d+)/m.exec(page)?.[1] ?? Number.NaN);
}

it('pages that nobody reads do not pile up in the node', async () => {
  const people = gatherPeople();
  const { roomId, token } = await createRoom(url, people.nameOf('방장'));
  const host = await people.connect('방장', { url, door: 'websocket', token });
  await host.join(roomId);
  for (let n = 0; n < 100; n++) await host.send(roomId, LARGE);

  const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`);
  await once(ws, 'open');
  ws.send(JSON.stringify({ t: 'join', id: 1, roomId, token }));
  await once(ws, 'message');
  ws.pause();
  for (let n = 0; n < 90; n++) ws.send(JSON.stringify({ t: 'history', id: n, roomId, limit: 100 }));

  let most = 0;
  await eventually(
    async () => {
      const bytes = await bufferedBytes();
      most = Math.max(most, bytes);
      return bytes;
    },
    (bytes) => most > MIB && bytes === 0,
    30_000,
  );
  expect(most).toBeLessThan(6 * MIB);
  ws.terminate();
});
