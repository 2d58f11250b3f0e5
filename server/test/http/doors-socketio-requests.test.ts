import type { Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Doors, nextEvent, openDoors } from '../support/doors.ts';
import { joined } from '../support/echo-gateway.ts';

let doors: Doors;
beforeAll(async () => {
  doors = await openDoors();
});
afterAll(async () => {
  await doors.close();
  expect(doors.failures).toEqual([]);
});

describe.each([
  ['polling', ['polling']],
  ['websocket', ['websocket']],
  ['polling and an upgrade', ['polling', 'websocket']],
])('over %s', (_name, transports) => {
  let client: Socket;
  beforeEach(async () => {
    client = doors.socketioClient({ transports, auth: { token: 'good' } });
    await nextEvent(client, 'connect');
    doors.gateway.requests.length = 0;
  });
  afterEach(() => {
    client.disconnect();
  });

  /** Whatever was answered before is here once this has come back. */
  const barrier = async () => expect(await client.emitWithAck('ping')).toEqual({ ok: true, data: {} });

  it('a callback gets success and failure', async () => {
    const payload = { roomId: 'abc12345', text: '안녕 🎉' };
    expect(await client.emitWithAck('msg', payload)).toEqual({ ok: true, data: { echo: payload } });
    expect(await client.emitWithAck('history', {})).toMatchObject({ ok: false, error: { code: 'NOT_A_MEMBER' } });
  });

  it('a join without callback is told as joined, a ping as pong', async () => {
    client.emit('join', { roomId: 'abc12345' });
    expect(await nextEvent(client, 'joined')).toEqual(joined);
    client.emit('ping');
    expect(await nextEvent(client, 'pong')).toEqual({});
  });

  it('with a callback nothing else is told, and other successes without one are silent', async () => {
    const told: string[] = [];
    client.onAny((event) => told.push(event));
    await client.emitWithAck('join', { roomId: 'abc12345' });
    client.emit('msg', { text: 'x' });
    await client.emitWithAck('history', {});
    await barrier();
    expect(told).toEqual([]);
  });

  it('a failure without callback is an error event that says what it is about', async () => {
    client.emit('history', { roomId: 'abc12345' });
    expect(await nextEvent(client, 'error')).toMatchObject({ code: 'NOT_A_MEMBER', re: 'history', roomId: 'abc12345' });
    client.emit('history', { roomId: 7 });
    expect(await nextEvent(client, 'error')).not.toHaveProperty('roomId');
  });

  it('the callback may be the first argument', async () => {
    expect(await new Promise((resolve) => client.emit('ping', resolve))).toEqual({ ok: true, data: {} });
    expect(doors.gateway.requests).toEqual([{ name: 'ping', payload: {} }]);
  });

  it.each([
    ['null', null],
    ['a text', 'x'],
    ['an array', [1, 2]],
    ['unknown fields', { a: 1, constructor: 2 }],
  ])('%s reaches the service as it came', async (_what, payload) => {
    await client.emitWithAck('msg', payload);
    expect(doors.gateway.requests).toEqual([{ name: 'msg', payload }]);
  });

  it.each(['error', 'constructor', '__proto__', 'toString', 'connection', 'data', 'jion', ''])(
    'an event named %j is one more unknown request',
    async (name) => {
      expect(await client.emitWithAck(name, {})).toMatchObject({ ok: false, error: { code: 'VALIDATION_FAILED' } });
      client.emit(name);
      expect(await nextEvent(client, 'error')).toMatchObject({ code: 'VALIDATION_FAILED', re: name });
      await barrier();
    },
  );

  it.each([
    ['binary', Buffer.from('x')],
    ['binary deep inside', { text: [{ x: new Uint8Array(3) }] }],
  ])('%s never reaches the service', async (_what, payload) => {
    expect(await client.emitWithAck('msg', payload)).toMatchObject({ error: { code: 'VALIDATION_FAILED' } });
    client.emit('msg', payload);
    expect(await nextEvent(client, 'error')).toMatchObject({ code: 'VALIDATION_FAILED', re: 'msg' });
    expect(doors.gateway.requests).toEqual([]);
    await barrier();
  });

  it('more than one payload never reaches the service', async () => {
    expect(await client.emitWithAck('msg', {}, {})).toMatchObject({ error: { code: 'VALIDATION_FAILED' } });
    client.emit('msg', {}, 'x');
    expect(await nextEvent(client, 'error')).toMatchObject({ code: 'VALIDATION_FAILED', re: 'msg' });
    expect(doors.gateway.requests).toEqual([]);
  });

  it('5 000 levels and a name of 10 000 characters do no harm', async () => {
    // No stock client can encode this; it goes out by hand.
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    for (const payload of [deep, `{"text":${deep}}`]) {
      client.io.engine.write(`2["history",${payload}]`);
      expect(await nextEvent(client, 'error')).toMatchObject({ re: 'history' });
    }
    client.emit('x'.repeat(10_000), { roomId: 'y'.repeat(10_000) });
    const error = (await nextEvent(client, 'error')) as object;
    expect(error).not.toHaveProperty('re');
    expect(error).not.toHaveProperty('roomId');
    await barrier();
  });
});
