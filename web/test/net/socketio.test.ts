import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { afterEach, expect, test } from 'vitest';
import { recordEvents, startClient } from './support/chat.ts';
import { ScriptedRoom } from './support/scripted-room.ts';
import { until } from './support/until.ts';

const ROOM = 'abc12345';
type Answer = (answer: unknown) => void;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A Socket.IO server with one room; `/ws` is refused, as by a proxy that knows no WebSocket there. */
async function startSocketIo() {
  const http = createServer();
  const io = new Server(http);
  const room = new ScriptedRoom(ROOM);
  const sockets: Socket[] = [];
  io.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('join', ({ token, after }: { token: string; after?: string }, answer: Answer) => {
      const missed = after === undefined ? [] : room.since(after);
      void socket.join(ROOM);
      answer({
        ok: true,
        data: {
          ...{
            roomId: ROOM,
            title: null,
            me: token,
            members: [token],
            online: [token],
            rev: 0,
            reads: {},
            seq: room.seq,
          },
          ...{ position: room.position, missed, more: false, ...(after === undefined ? {} : { recovered: true }) },
        },
      });
    });
    socket.on('msg', ({ text, clientMsgId }: { text: string; clientMsgId: string }, answer: Answer) => {
      const { message, duplicate } = room.append('user1', text, clientMsgId);
      io.to(ROOM).emit('msg', message);
      answer({ ok: true, data: { id: message.id, seq: message.seq, timestamp: message.timestamp, duplicate } });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  ends.push(() => io.close());
  const { port } = http.address() as AddressInfo;
  return { io, room, sockets, url: `http://127.0.0.1:${port}` };
}

test.each([[['polling']], [['websocket']], [['polling', 'websocket']]] as const)(
  'a room works over %j',
  async (transports) => {
    const { url } = await startSocketIo();
    const room = await startClient(url, { door: 'socketio', transports }).join(ROOM);
    const seen = recordEvents(room);
    const outcomes = await Promise.all(['하나', '둘', '🙂'].map((text) => room.send(text).settled));
    expect(outcomes.map((outcome) => outcome.status === 'sent' && outcome.seq)).toEqual([1, 2, 3]);
    await until(room.timeline, (messages) => messages.length === 3);
    expect(seen).toEqual([1, 2, 3]);
  },
);

test('where no WebSocket can be opened the other door is taken', async () => {
  const { url, sockets } = await startSocketIo();
  const room = await startClient(url, { door: 'auto' }).join(ROOM);
  expect(room.state.value.status).toBe('live');
  expect(sockets).toHaveLength(1);
});

test('a connection that is closed beneath comes back and is replayed', async () => {
  const { url, room: log, sockets } = await startSocketIo();
  const client = startClient(url, { door: 'socketio' });
  const room = await client.join(ROOM);
  const seen = recordEvents(room);
  log.append('user2', 'while away');
  sockets[0]?.conn.close();
  await until(room.timeline, (messages) => messages.length === 1);
  expect(seen).toEqual([1]);
  expect(sockets).toHaveLength(2);
});

test('a disconnect by the server is final, and the error before it says why', async () => {
  const { url, sockets } = await startSocketIo();
  const client = startClient(url, { door: 'socketio' });
  await client.join(ROOM);
  sockets[0]?.emit('error', { code: 'SESSION_EXPIRED', message: '세션이 만료되었습니다', retryable: false });
  sockets[0]?.disconnect(true);
  await until(client.state, ({ status }) => status === 'refused');
  expect(client.state.value).toMatchObject({ error: { code: 'SESSION_EXPIRED', message: '세션이 만료되었습니다' } });
});

test.each(['UNAUTHORIZED', 'SESSION_EXPIRED', 'FORBIDDEN'])('connect_error %s refuses for good', async (code) => {
  const { url, io } = await startSocketIo();
  let handshakes = 0;
  io.use((_socket, next) => {
    handshakes += 1;
    next(Object.assign(new Error('no'), { data: { code, message: '안 됩니다', retryable: false } }));
  });
  const client = startClient(url, { door: 'socketio' });
  await expect(client.join(ROOM)).rejects.toThrow(code);
  expect(client.state.value).toMatchObject({ status: 'refused', error: { code, message: '안 됩니다' } });
  expect(handshakes).toBe(1);
});

test('any other connect_error is tried again', async () => {
  const { url, io } = await startSocketIo();
  let refusals = 3;
  io.use((_socket, next) => {
    refusals -= 1;
    next(refusals >= 0 ? new Error('not yet') : undefined);
  });
  const room = await startClient(url, { door: 'socketio' }).join(ROOM);
  expect(room.state.value.status).toBe('live');
});
