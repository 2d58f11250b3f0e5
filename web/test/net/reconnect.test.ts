import { expect, test } from 'vitest';
import { recordEvents, startClient, startServer } from './support/chat.ts';
import { eventually, until } from './support/until.ts';

const ROOM = 'abc12345';

test('a joined room hears messages in order and knows its people', async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const room = await client.join(ROOM);
  const seen = recordEvents(room);
  for (const text of ['안녕', '반가워요', '🙂']) server.say(ROOM, 'user2', text);
  await until(room.timeline, (messages) => messages.length === 3);
  expect(seen).toEqual([1, 2, 3]);
  expect(room.roster.value.members).toEqual(['user1']);
  expect(client.token.value).toBe('eyJ.user1.x');
  expect(client.state.value).toEqual({ status: 'live' });
});

test('what is missed while away comes once and in order', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  const seen = recordEvents(room);
  server.say(ROOM, 'user2', 'before');
  await until(room.timeline, (messages) => messages.length === 1);
  server.script = (connection, frame, usual) => {
    if (frame.t === 'join') for (let i = 0; i < 7; i++) server.room(ROOM).append('user2', `away ${i}`);
    server.script = (_connection, _frame, handle) => handle();
    usual();
    if (connection.number) server.say(ROOM, 'user2', 'after');
  };
  server.cutAll();
  await until(room.timeline, (messages) => messages.length === 9);
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a long absence is paged up to where the join stood, while live messages wait', async () => {
  const server = await startServer();
  server.missedLimit = 3;
  const room = await startClient(server.url).join(ROOM);
  const seen = recordEvents(room);
  server.say(ROOM, 'user2', 'first');
  await until(room.timeline, (messages) => messages.length === 1);
  let pages = 0;
  server.script = (connection, frame, usual) => {
    if (frame.t === 'join') for (let i = 0; i < 250; i++) server.room(ROOM).append('user2', `away ${i}`);
    usual();
    if (frame.t === 'join') server.say(ROOM, 'user2', 'live during paging');
    if (frame.t === 'history') pages += 1;
    if (frame.t === 'history' && pages === 1) server.say(ROOM, 'user2', 'and again');
    expect(connection.rooms.has(ROOM)).toBe(true);
  };
  server.cutAll();
  await until(room.state, ({ status }) => status === 'joining', 'cut');
  await until(room.state, ({ status }) => status === 'live', 'live again');
  await until(room.timeline, (messages) => messages.length === 253, 'all messages');
  expect(seen).toEqual(Array.from({ length: 253 }, (_, index) => index + 1));
  expect(pages).toBe(3);
});

test('a position that is not known any more is told as a gap, and only the newest page remains', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  const seen = recordEvents(room);
  for (let i = 0; i < 3; i++) server.say(ROOM, 'user2', `old ${i}`);
  await until(room.timeline, (messages) => messages.length === 3);
  server.script = (_connection, frame, usual) => {
    if (frame.t === 'join') {
      for (let i = 0; i < 120; i++) server.room(ROOM).append('user2', `away ${i}`);
      server.room(ROOM).firstSeq = 100;
    }
    usual();
  };
  server.cutAll();
  await until(room.timeline, (messages) => messages.at(-1)?.seq === 123);
  expect(seen.slice(0, 4)).toEqual([1, 2, 3, 'not_recovered']);
  expect(room.timeline.value.map(({ seq }) => seq)).toEqual(Array.from({ length: 24 }, (_, index) => index + 100));
  expect(seen.slice(4)).toEqual(room.timeline.value.map(({ seq }) => seq));
});

test('a resync drops what lies beyond, reads the newest page and goes on', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  const seen = recordEvents(room);
  for (let i = 0; i < 5; i++) server.say(ROOM, 'user2', `text ${i}`);
  await until(room.timeline, (messages) => messages.length === 5);
  const log = server.room(ROOM);
  log.loseTail(3);
  server.broadcast(ROOM, { t: 'resync', roomId: ROOM, reason: 'history_lost', seq: 3, position: log.idOf(3) });
  server.say(ROOM, 'user2', 'another fourth');
  await until(room.timeline, (messages) => messages.at(-1)?.text === 'another fourth');
  expect(room.timeline.value.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  expect(seen).toEqual([1, 2, 3, 4, 5, 'history_lost', 4]);
  server.cutAll();
  await until(room.state, ({ status }) => status !== 'live');
  await until(room.state, ({ status }) => status === 'live');
  expect(seen).toHaveLength(7);
});

test('a replay that comes doubled and out of order is delivered once and in order', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  const seen = recordEvents(room);
  server.script = (connection, frame, usual) => {
    if (frame.t !== 'join') return usual();
    for (let i = 0; i < 6; i++) server.room(ROOM).append('user2', `away ${i}`);
    const answer = server.join(connection, frame);
    const { log } = server.room(ROOM);
    server.send(connection, {
      t: 'ack',
      id: frame.id,
      ok: true,
      data: { ...answer, missed: [...log, ...log].reverse() },
    });
    for (const message of log) server.send(connection, { t: 'msg', ...message });
  };
  server.cutAll();
  await until(room.timeline, (messages) => messages.length === 6);
  server.say(ROOM, 'user2', 'end');
  await until(room.timeline, (messages) => messages.length === 7);
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('a live message that jumps ahead is held until the log has filled the hole', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  const seen = recordEvents(room);
  server.room(ROOM).append('user2', 'swallowed 1');
  server.room(ROOM).append('user2', 'swallowed 2');
  server.say(ROOM, 'user2', 'third');
  await until(room.timeline, (messages) => messages.length === 3);
  expect(seen).toEqual([1, 2, 3]);
});

test('on a drain the new connection is there before the old one is closed, and nothing doubles', async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const room = await client.join(ROOM);
  const seen = recordEvents(room);
  const states: string[] = [];
  client.state.subscribe(({ status }) => states.push(status));
  server.say(ROOM, 'user2', 'before');
  let together = 0;
  server.script = (_connection, frame, usual) => {
    if (frame.t === 'join') {
      together = server.connections.size;
      server.say(ROOM, 'user2', 'between');
    }
    usual();
  };
  for (const connection of server.connections) server.send(connection, { t: 'drain', reconnectInMs: 5 });
  await eventually(() => server.count('join') === 2 && server.connections.size === 1, 'handed over');
  server.say(ROOM, 'user2', 'after');
  await until(room.timeline, (messages) => messages.length === 3);
  expect(together).toBe(2);
  expect(seen).toEqual([1, 2, 3]);
  expect(states).not.toContain('offline');
  expect(states).not.toContain('connecting');
});

test('handshakes that are refused with 503 are tried again', async () => {
  const server = await startServer();
  server.refuseHandshakes = 4;
  const room = await startClient(server.url).join(ROOM);
  expect(room.state.value.status).toBe('live');
  expect(server.refused).toBe(4);
});

test.each([
  [4401, 'UNAUTHORIZED'],
  [4409, 'SESSION_EXPIRED'],
])('close code %i refuses for good as %s', async (code, expected) => {
  const server = await startServer();
  const client = startClient(server.url);
  server.script = (connection) => connection.socket.close(code);
  await expect(client.join(ROOM)).rejects.toThrow(expected);
  expect(client.state.value).toMatchObject({ status: 'refused', error: { code: expected } });
  expect(server.count('join')).toBe(1);
});

test('a session that has ended is claimed anew by name where that is wanted', async () => {
  const server = await startServer();
  server.script = (connection, frame, usual) => {
    if (frame.token === 'eyJ.old.x') connection.socket.close(4409);
    else usual();
  };
  const client = startClient(server.url, { token: 'eyJ.old.x', name: 'user9', reclaim: true });
  const room = await client.join(ROOM);
  expect(room.facts.value.me).toBe('user9');
  expect(client.token.value).toBe('eyJ.user9.x');
});

test('a room that does not exist is refused and the next one can be opened', async () => {
  const server = await startServer();
  const error = {
    code: 'ROOM_NOT_FOUND',
    message: '방을 찾을 수 없습니다',
    hint: '링크를 다시 확인하세요',
    retryable: false,
  };
  server.script = (connection, frame, usual) => {
    if (frame.roomId === 'nowhere1') server.send(connection, { t: 'ack', id: frame.id, ok: false, error });
    else usual();
  };
  const client = startClient(server.url);
  await expect(client.join('nowhere1')).rejects.toMatchObject({ failure: error });
  expect(client.state.value).toEqual({ status: 'idle' });
  await expect(client.join(ROOM)).resolves.toMatchObject({ roomId: ROOM });
});

test('a guest with two rooms claims the name once', async () => {
  const server = await startServer();
  const client = startClient(server.url);
  await Promise.all([client.join(ROOM), client.join('zzz12345')]);
  const tokens = server.frames.filter(({ t }) => t === 'join').map(({ token }) => token);
  expect(tokens).toEqual(['user1', 'eyJ.user1.x']);
});

test('a join that finds nobody is given up at its deadline', async () => {
  const server = await startServer();
  const { url } = server;
  await server.close();
  const client = startClient(url);
  await expect(client.join(ROOM, { deadlineMs: 40 })).rejects.toThrow('TIMEOUT');
  expect(client.state.value.status).toBe('idle');
});

test('leaving waits for the answer over a reconnect', async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const room = await client.join(ROOM);
  server.script = (connection, frame, usual) => {
    if (frame.t !== 'leave' || connection.number > 1) return usual();
    connection.socket.terminate();
  };
  await room.leave();
  expect(room.state.value).toEqual({ status: 'left', reason: 'left' });
  expect(client.state.value).toEqual({ status: 'idle' });
  expect(server.count('leave')).toBe(2);
});

test('closing the client leaves nobody waiting', async () => {
  const server = await startServer();
  server.script = () => undefined;
  const client = startClient(server.url);
  const joining = client.join(ROOM);
  const sent = client.room(ROOM).send('never');
  client.close();
  await expect(joining).rejects.toThrow('CLOSED');
  await expect(sent.settled).resolves.toEqual({ status: 'waiting' });
});
