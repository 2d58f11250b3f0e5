import { expect, test } from 'vitest';
import { recordEvents, startClient, startServer } from './support/chat.ts';
import { eventually, until } from './support/until.ts';

const ROOM = 'abc12345';

test('the connection says which way it goes, and once measured to which node and how fast', async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await client.join(ROOM);
  expect(client.connection.value).toEqual({ door: 'websocket', node: null, roundTripMs: null, connections: 1 });
  server.script = (connection, frame, usual) => {
    if (frame.t !== 'ping') usual();
    else server.send(connection, { t: 'ack', id: frame.id, ok: true, data: { node: 'n2' } });
  };
  await client.measure();
  expect(client.connection.value.node).toBe('n2');
  expect(client.connection.value.roundTripMs).toBeGreaterThanOrEqual(0);
});

test('without a connection there is nothing to measure', async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await client.measure();
  expect(client.connection.value).toMatchObject({ door: null, connections: 0 });
});

test('what replay brought is counted, and so are repeats that were dropped', async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const room = await client.join(ROOM);
  const seen = recordEvents(room);
  server.say(ROOM, 'b', '하나');
  await eventually(() => seen.length === 1, 'live');
  expect(room.stats).toMatchObject({ replayed: 0, duplicates: 0 });
  server.cutAll();
  server.room(ROOM).append('b', '둘');
  await eventually(() => seen.length === 2, 'replayed');
  const [first] = room.timeline.value;
  server.broadcast(ROOM, { t: 'msg', ...first });
  await eventually(() => room.stats.duplicates === 1, 'the repeat was dropped');
  expect(room.stats).toEqual({ position: room.timeline.value[1]?.id, replayed: 1, duplicates: 1 });
  expect(client.connection.value.connections).toBe(2);
});

test('one knows who one is before one has the token', async () => {
  const server = await startServer();
  const client = startClient(server.url, { name: '영희' });
  const known: (string | undefined)[] = [];
  client.token.subscribe(() => known.push(client.me.value));
  await client.join(ROOM);
  expect(known).toEqual(['영희']);
});

test('a fresher token is the one of the next join', async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const room = await client.join(ROOM);
  client.setToken('eyJ.user1.x');
  server.cutAll();
  await until(room.state, ({ status }) => status === 'joining', 'cut');
  await until(room.state, ({ status }) => status === 'live', 'back');
  expect(server.frames.filter(({ t }) => t === 'join').at(-1)?.token).toBe('eyJ.user1.x');
});
