/** Holds what an idle connection keeps alive, and the installed libraries to what `library-slack.ts` takes for granted. */
import { once } from 'node:events';
import type { Socket as TcpSocket } from 'node:net';
import type { Socket as EngineSocket } from 'engine.io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { type Doors, nextEvent, openDoors, until } from '../support/doors.ts';

type Receiver = { _state: number; _bufferedBytes: number; _buffers: unknown[]; _mask: unknown };
type Emitter = { _events: object };
type Inner = EngineSocket & {
  transport: { socket: WebSocket & Emitter & { _socket: TcpSocket & Emitter; _receiver: Receiver } };
};

let doors: Doors;
beforeEach(async () => {
  doors = await openDoors({ FANOUT_FAST_PATH: 'on' });
});
afterEach(async () => {
  await doors.close();
  expect(doors.failures).toEqual([]);
});

function connected() {
  const [socket] = doors.socketio.io.sockets.sockets.values();
  if (!socket) throw new Error('nobody is connected');
  const conn = socket.conn as unknown as Inner;
  return { socket, conn, ws: conn.transport.socket, tcp: conn.transport.socket._socket };
}

const isOnce = (listener: object) => 'listener' in listener;
/** Node's own are dictionaries without a prototype, or ordinary objects. */
const isCompact = (emitter: object) =>
  ![null, Object.prototype].includes(Object.getPrototypeOf((emitter as Emitter)._events));

describe.each([
  ['over WebSocket', ['websocket']],
  ['after an upgrade', ['polling', 'websocket']],
])('a Socket.IO connection %s', (_name, transports) => {
  async function open() {
    const client = doors.socketioClient({ transports, auth: { token: 'a secret' } });
    await nextEvent(client, 'connect');
    await until(() => client.io.engine.transport.name === 'websocket', 'the upgrade');
    await client.emitWithAck('ping');
    await until(() => connected().conn.transport.name === 'websocket', 'the upgrade on the server');
    return client;
  }

  it('keeps neither request nor response of its handshake, nor the token', async () => {
    await open();
    const { socket, conn, ws, tcp } = connected();
    expect(conn.request).toBeNull();
    expect(JSON.stringify(socket.handshake)).not.toContain('secret');
    // Engine.IO's response hangs on the TCP connection; nothing else listens once.
    expect(tcp.rawListeners('close').filter(isOnce)).toEqual([]);
    expect(ws.listeners('error').map(({ name }) => name)).not.toContain('onUpgradeError');
  });

  it('keeps listeners and nothing in reserve, and still hears all of them', async () => {
    const client = await open();
    const { socket, conn, ws, tcp } = connected();
    for (const emitter of [conn, conn.transport, ws, tcp])
      await until(() => isCompact(emitter), 'listeners are compact');
    expect(isCompact(socket)).toBe(true);
    const { _receiver: receiver } = ws;
    expect([typeof receiver._state, typeof receiver._bufferedBytes]).toEqual(['number', 'number']);
    await until(() => receiver._mask === undefined && receiver._buffers.length === 0, 'the receiver is empty');
    expect(await client.emitWithAck('ping')).toMatchObject({ ok: true });
    const gone = once(conn, 'close');
    client.disconnect();
    await gone;
    await until(() => doors.socketio.count() === 0, 'the connection is forgotten');
    expect([...doors.carriers.values()].every((open) => open === 0)).toBe(true);
  });
});

it('events that clients would have to acknowledge are not there', async () => {
  await nextEvent(doors.socketioClient(), 'connect');
  expect(() => connected().socket.emit('test', () => undefined)).toThrow(/not acknowledged/);
});

it('a `/ws` connection without listeners of its own hears frames, pings, pongs and its end', async () => {
  const client = await doors.websocketClient();
  client.send({ t: 'ping', id: 1 });
  expect(await client.next()).toMatchObject({ t: 'ack', id: 1, ok: true });
  client.ws.ping('are you there');
  const [answer] = await once(client.ws, 'pong');
  expect(String(answer)).toBe('are you there');
  client.ws.pong('of its own accord');
  client.ws.close();
  await until(() => doors.websocket.count() === 0, 'the connection is forgotten');
});

it('what the libraries hold is left alone where the way past them is switched off', async () => {
  await doors.close();
  doors = await openDoors({ FANOUT_FAST_PATH: 'off' });
  const client = doors.socketioClient();
  await nextEvent(client, 'connect');
  await client.emitWithAck('ping');
  expect(isCompact(connected().conn)).toBe(false);
});
