import { expect, test } from 'vitest';
import type { RoomEvent } from '../../src/net/client.ts';
import { recordEvents, recordTap, startClient, startServer } from './support/chat.ts';
import type { ClientFrame } from './support/scripted-server.ts';
import { eventually, until } from './support/until.ts';

const ROOM = 'abc12345';

test('what a trusted program published comes by its name, beside signs of typing', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  const events: RoomEvent[] = [];
  room.events.subscribe((event) => events.push(event));
  server.broadcast(ROOM, { t: 'test', roomId: ROOM, message: 'hello' });
  server.broadcast(ROOM, { t: 'typing', roomId: ROOM, userId: 'user2' });
  await eventually(() => events.length === 2, 'both events');
  expect(events).toEqual([
    { type: 'custom', name: 'test', payload: { roomId: ROOM, message: 'hello' } },
    { type: 'typing', userId: 'user2' },
  ]);
});

test('a log entry of a type that is not known is advanced over', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  const seen = recordEvents(room);
  const { text: _text, ...entry } = server.room(ROOM).append('user2', 'an edit').message;
  server.broadcast(ROOM, { t: 'edit', ...entry });
  server.say(ROOM, 'user2', 'next');
  await until(room.timeline, (messages) => messages.length === 1);
  expect(seen).toEqual([2]);
  expect(server.count('history')).toBe(0);
});

test('what a trusted program published is no log entry, whatever fields it has', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  const events: RoomEvent[] = [];
  const seen = recordEvents(room);
  room.events.subscribe((event) => events.push(event));
  server.broadcast(ROOM, { t: 'ticket', roomId: ROOM, id: 'T-1', seq: 5 });
  for (const text of ['1', '2', '3', '4']) server.say(ROOM, 'user2', text);
  await until(room.timeline, (messages) => messages.at(-1)?.seq === 4, 'all four');
  expect(events[0]).toEqual({ type: 'custom', name: 'ticket', payload: { roomId: ROOM, id: 'T-1', seq: 5 } });
  expect(seen).toEqual([1, 2, 3, 4]);
  expect(server.count('history')).toBe(0);
});

test('an event named like something every object has comes by its name', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  const events: RoomEvent[] = [];
  room.events.subscribe((event) => events.push(event));
  server.broadcast(ROOM, { t: 'constructor', roomId: ROOM, message: 'hello' });
  server.say(ROOM, 'user2', 'next');
  await until(room.timeline, (messages) => messages.length === 1);
  expect(events[0]).toEqual({ type: 'custom', name: 'constructor', payload: { roomId: ROOM, message: 'hello' } });
});

test('what a user named like something every object has read is told as well', async () => {
  const server = await startServer();
  const room = await startClient(server.url, { name: 'constructor' }).join(ROOM);
  room.markRead(5);
  await eventually(() => server.count('read') === 1, 'read is told');
  server.cutAll();
  await eventually(() => server.count('read') === 2, 'read is told again');
  expect(server.frames.filter(({ t }) => t === 'read').map(({ seq }) => seq)).toEqual([5, 5]);
});

test('a live entry that the log does not lead to moves the place nowhere', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  const seen = recordEvents(room);
  server.broadcast(ROOM, { t: 'edit', roomId: ROOM, id: 'e.00000001-5', seq: 5 });
  await eventually(() => seen.length === 1 && server.count('history') >= 6, 'the gap is told');
  for (const text of ['1', '2', '3', '4']) server.say(ROOM, 'user2', text);
  await until(room.timeline, (messages) => messages.at(-1)?.seq === 4, 'all four');
  expect(seen).toEqual(['not_recovered', 1, 2, 3, 4]);
  expect(room.state.value).toEqual({ status: 'live' });
});

test('a server whose pages bring nothing and promise more is asked a few times, then the gap is told', async () => {
  const server = await startServer();
  server.missedLimit = 0;
  server.say(ROOM, 'user2', 'before');
  const room = await startClient(server.url).join(ROOM);
  const seen = recordEvents(room);
  server.script = (connection, frame, usual) => {
    if (frame.t === 'join') server.room(ROOM).append('user2', 'missed');
    if (frame.t !== 'history' || frame.after === undefined) return usual();
    server.send(connection, ack(frame, { messages: [], hasMore: true, recovered: true }));
  };
  server.cutAll();
  await eventually(() => seen.length > 0, 'the gap is told');
  await until(room.timeline, (messages) => messages.at(-1)?.seq === 2, 'the newest page');
  expect(seen[0]).toBe('not_recovered');
  expect(server.frames.filter(({ t, after }) => t === 'history' && after !== undefined)).toHaveLength(3);
});

test('pages lead over entries of a type that is not known', async () => {
  const server = await startServer();
  server.missedLimit = 0;
  server.say(ROOM, 'user2', 'before');
  const room = await startClient(server.url).join(ROOM);
  const seen = recordEvents(room);
  server.script = (connection, frame, usual) => {
    if (frame.t === 'join') server.room(ROOM).append('user2', 'an edit');
    if (frame.t !== 'history') return usual();
    const { text: _text, ...entry } = server.room(ROOM).log[1] ?? { text: '' };
    server.send(connection, ack(frame, { messages: [{ type: 'edit', ...entry }], hasMore: false, recovered: true }));
  };
  server.cutAll();
  await until(room.state, ({ status }) => status === 'joining');
  await until(room.state, ({ status }) => status === 'live');
  server.say(ROOM, 'user2', 'next');
  await until(room.timeline, (messages) => messages.length === 1);
  expect(seen).toEqual([3]);
  expect(server.count('history')).toBe(1);
});

test('removing somebody resolves when the server has said so, with a roster that is without them', async () => {
  const server = await startServer();
  const room = await startClient(server.url, { name: 'user1' }).join(ROOM);
  const other = await startClient(server.url, { name: 'user2' }).join(ROOM);
  server.broadcast(ROOM, { t: 'user_joined', roomId: ROOM, userId: 'user2', rev: 1 });
  await until(room.roster, ({ members }) => members.length === 2);
  await room.remove('user2');
  expect(server.frames.find(({ t }) => t === 'remove')).toMatchObject({ roomId: ROOM, userId: 'user2' });
  expect(room.roster.value).toMatchObject({ members: ['user1'], memberCount: 1, rev: 1, isCurrent: true });
  server.broadcast(ROOM, { t: 'user_left', roomId: ROOM, userId: 'user2', rev: 2, reason: 'removed' });
  await until(room.roster, ({ rev }) => rev === 2);
  expect(room.roster.value).toMatchObject({ members: ['user1'], memberCount: 1, onlineCount: 1 });
  server.broadcast(ROOM, { t: 'left', roomId: ROOM, reason: 'removed' });
  await until(other.state, ({ status }) => status === 'left');
  expect(other.state.value).toEqual({ status: 'left', reason: 'removed' });
  await expect(other.remove('user1')).rejects.toMatchObject({ failure: { code: 'LEFT' } });
});

test('removing somebody is asked again over a reconnect, and a refusal is told as it is', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  const error = { code: 'FORBIDDEN', message: '권한이 없습니다', retryable: false };
  server.script = (connection, frame, usual) => {
    if (frame.t !== 'remove') return usual();
    if (connection.number === 1) return connection.socket.terminate();
    server.send(connection, { t: 'ack', id: frame.id, ok: false, error });
  };
  await expect(room.remove('user2')).rejects.toMatchObject({ failure: error });
  expect(server.count('remove')).toBe(2);
  expect(room.state.value.status).not.toBe('left');
});

test('removing somebody is answered when the client is closed', async () => {
  const server = await startServer();
  server.script = (_connection, frame, usual) => frame.t !== 'remove' && usual();
  const client = startClient(server.url);
  const room = await client.join(ROOM);
  const removal = expect(room.remove('user2')).rejects.toMatchObject({ failure: { code: 'CLOSED' } });
  client.close();
  await removal;
});

test('leaving is asked again on a living connection after an error that passes', async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const room = await client.join(ROOM);
  server.script = (connection, frame, usual) => {
    if (frame.t !== 'leave' || server.count('leave') > 2) return usual();
    const error = { code: 'SERVICE_UNAVAILABLE', message: 'later', retryable: true };
    server.send(connection, { t: 'ack', id: frame.id, ok: false, error });
  };
  await room.leave({ deadlineMs: 4_000 });
  expect(room.state.value).toEqual({ status: 'left', reason: 'left' });
  expect(server.count('leave')).toBe(3);
  expect(server.count('join')).toBe(1);
});

function ack(frame: ClientFrame, data: unknown): Record<string, unknown> {
  return { t: 'ack', id: frame.id, ok: true, data };
}

test('older pages come in front of the list and never as events', async () => {
  const server = await startServer();
  for (let i = 1; i <= 120; i++) server.room(ROOM).append('user2', String(i));
  const room = await startClient(server.url).join(ROOM);
  const seen = recordEvents(room);
  for (let pages = 0; room.hasOlder && pages < 5; pages++) await room.loadOlder();
  expect(room.timeline.value.map(({ seq }) => seq)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
  expect(seen).toEqual([]);
  expect(server.count('history')).toBe(3);
});

test('being removed ends the room and fails what waits', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  server.script = (_connection, frame, usual) => {
    if (frame.t !== 'msg') usual();
  };
  const sent = room.send('never stored');
  server.broadcast(ROOM, { t: 'left', roomId: ROOM, reason: 'removed' });
  await expect(sent.settled).resolves.toMatchObject({ status: 'failed', error: { code: 'LEFT' } });
  expect(room.state.value).toEqual({ status: 'left', reason: 'removed' });
});

test('what was read is told again where the server missed it, and never backwards', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  room.markRead(5);
  room.markRead(3);
  await eventually(() => server.count('read') === 1, 'read is told');
  server.cutAll();
  await until(room.state, ({ status }) => status === 'joining');
  await until(room.state, ({ status }) => status === 'live');
  await eventually(() => server.count('read') === 2, 'read is told again');
  expect(server.frames.filter(({ t }) => t === 'read').map(({ seq }) => seq)).toEqual([5, 5]);
});

test('typing is told at most once in three seconds', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  for (let key = 0; key < 20; key++) room.typing();
  await room.send('done').settled;
  expect(server.count('typing')).toBe(1);
});

test('the tap sees every frame and every event, in order', async () => {
  const server = await startServer();
  const { records, tap } = recordTap();
  const room = await startClient(server.url, { tap }).join(ROOM);
  await room.send('hello').settled;
  await until(room.timeline, (messages) => messages.length === 1);
  const told = records.map((record) => {
    if (record.layer === 'app') return `app ${record.event.type}`;
    if (record.kind === 'sent') return `sent ${record.frame.type}`;
    return record.kind === 'event' ? `event ${record.type}` : record.kind;
  });
  expect(told.slice(0, 6)).toEqual(['opened', 'sent join', 'answer', 'sent msg', 'event msg', 'app message']);
});

test('what the server should not send does no harm', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  for (const { socket } of server.connections) {
    for (const text of [
      '',
      'null',
      '[]',
      '{"t":5}',
      '{"t":"msg","roomId":"abc12345"}',
      '{"t":"ack","id":999}',
      '{"t":"resync","roomId":"abc12345"}',
    ]) {
      socket.send(text);
    }
    socket.send(JSON.stringify({ t: 'presence', roomId: ROOM, userId: 7, rev: 'x' }));
    socket.send(JSON.stringify({ t: 'members', roomId: ROOM, members: [1], rev: 3 }));
  }
  server.say(ROOM, 'user2', 'still here');
  await until(room.timeline, (messages) => messages.length === 1);
  expect(room.state.value).toEqual({ status: 'live' });
  expect(room.roster.value.members).toEqual(['user1']);
});
