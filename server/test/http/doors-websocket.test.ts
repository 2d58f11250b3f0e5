import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Doors, type JsonSocket, openDoors, until } from '../support/doors.ts';
import { joined } from '../support/echo-gateway.ts';

let doors: Doors;
let client: JsonSocket;
beforeAll(async () => {
  doors = await openDoors();
});
afterAll(async () => {
  await doors.close();
  expect(doors.failures).toEqual([]);
});
beforeEach(async () => {
  client = await doors.websocketClient();
  doors.gateway.requests.length = 0;
});
afterEach(() => {
  client.ws.terminate();
});

describe('a request on /ws', () => {
  it('with an id gets an ack with the same id, and nothing else', async () => {
    client.send({ t: 'join', id: 1, roomId: 'abc12345', token: 'user2' });
    client.send({ t: 'msg', id: 'two', text: '안녕 🎉' });
    client.send({ t: 'history', id: 0 });
    client.send({ t: 'ping', id: '' });
    expect(await client.next()).toEqual({ t: 'ack', id: 1, ok: true, data: joined });
    expect(await client.next()).toEqual({ t: 'ack', id: 'two', ok: true, data: { echo: { text: '안녕 🎉' } } });
    expect(await client.next()).toMatchObject({ t: 'ack', id: 0, ok: false, error: { code: 'NOT_A_MEMBER' } });
    expect(await client.next()).toEqual({ t: 'ack', id: '', ok: true, data: {} });
  });

  it('without an id: join is told as joined, ping as pong, others only where they fail', async () => {
    client.send({ t: 'join', roomId: 'abc12345', token: 'user2' });
    client.send({ t: 'msg', text: 'x' });
    client.send({ t: 'history', roomId: 'abc12345' });
    client.send({ t: 'ping' });
    expect(await client.next()).toEqual({ t: 'joined', ...joined });
    expect(await client.next()).toMatchObject({ t: 'error', code: 'NOT_A_MEMBER', re: 'history', roomId: 'abc12345' });
    expect(await client.next()).toEqual({ t: 'pong' });
  });

  it('reaches the service as its name and the other fields', async () => {
    client.send({ t: 'msg', id: 1, roomId: 'abc12345', text: 'x' });
    await client.next();
    expect(doors.gateway.requests).toEqual([{ name: 'msg', payload: { roomId: 'abc12345', text: 'x' } }]);
  });
});

describe('bad input on /ws', () => {
  it.each([
    ['broken JSON', '{"t":'],
    ['an empty frame', ''],
    ['null', 'null'],
    ['an array', '[1]'],
    ['5 000 levels', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['no type', '{"roomId":"abc12345"}'],
    ['a type that is no text', '{"t":{}}'],
    ['an id that is none', '{"t":"ping","id":{}}'],
    ['an id that is too long', `{"t":"ping","id":"${'x'.repeat(65)}"}`],
    ['an infinite id', '{"t":"ping","id":1e999}'],
  ])('%s is told VALIDATION_FAILED and the connection stays', async (_what, text) => {
    client.send(text);
    client.send({ t: 'ping', id: 9 });
    expect(await client.next()).toMatchObject({ t: 'error', code: 'VALIDATION_FAILED' });
    expect(await client.next()).toEqual({ t: 'ack', id: 9, ok: true, data: {} });
    expect(doors.gateway.requests).toEqual([{ name: 'ping', payload: {} }]);
  });

  it.each(['jion', 'error', 'ack', 'constructor', '__proto__', 'toString', 'close'])(
    'the unknown type %j is for the service to refuse',
    async (t) => {
      client.send(JSON.stringify({ t, id: 1, roomId: 'abc12345' }));
      expect(await client.next()).toMatchObject({ t: 'ack', id: 1, error: { code: 'VALIDATION_FAILED' } });
    },
  );

  it('5 000 levels inside a field reach the service and do no harm', async () => {
    client.send(`{"t":"history","id":1,"limit":${'['.repeat(5_000)}${']'.repeat(5_000)}}`);
    expect(await client.next()).toMatchObject({ t: 'ack', id: 1, ok: false });
  });

  it('a binary frame is told VALIDATION_FAILED, then the connection closes with 1003', async () => {
    const code = client.closeCode();
    client.ws.send(Buffer.from('{"t":"ping"}'));
    client.ws.send('{"t":"ping"}');
    expect(await client.next()).toMatchObject({ t: 'error', code: 'VALIDATION_FAILED' });
    expect(await code).toBe(1003);
    expect(doors.gateway.requests).toEqual([]);
  });

  it('a frame of more than 64 KiB closes the connection with 1009, one of 64 KiB does not', async () => {
    const bare = JSON.stringify({ t: 'history', id: 1, x: '' }).length;
    client.send({ t: 'history', id: 1, x: 'x'.repeat(64 * 1024 - bare) });
    expect(await client.next()).toMatchObject({ t: 'ack', id: 1 });
    const code = client.closeCode();
    client.send({ t: 'history', id: 1, x: 'x'.repeat(64 * 1024 - bare + 1) });
    expect(await code).toBe(1009);
    await until(() => doors.websocket.count() === 0, 'the end');
  });

  it('bytes that are no WebSocket frame end that connection alone', async () => {
    const bystander = await doors.websocketClient();
    const code = client.closeCode();
    const { _socket: socket } = client.ws as unknown as { _socket: NodeJS.WritableStream };
    socket.write('GET / HTTP/1.1\r\n\r\n');
    expect(await code).toBe(1002);
    bystander.send({ t: 'ping' });
    expect(await bystander.next()).toEqual({ t: 'pong' });
  });
});

describe('a connection of /ws', () => {
  it('has the language of Accept-Language and an id that names the node', async () => {
    await doors.websocketClient({ headers: { 'accept-language': 'en' } });
    expect(doors.gateway.connections.at(-1)?.locale).toBe('en');
    expect(doors.gateway.lastPeer().id).toMatch(/^n1\.[\w-]{20}$/);
    expect(doors.gateway.lastPeer().address).toBe('127.0.0.1');
  });

  it('is not authenticated by a token in the query', async () => {
    const ws = new WebSocket(`${doors.url.replace('http', 'ws')}/ws?token=good`);
    await once(ws, 'open');
    expect(doors.gateway.connections.at(-1)?.sid).toBeNull();
    ws.terminate();
  });

  it('is over when the client has hung up, and its session is told once', async () => {
    const connection = doors.gateway.connections.at(-1);
    client.ws.close();
    await until(() => connection?.isClosed === true, 'the session is told');
    await until(() => doors.carriers.get('raw') === doors.websocket.count(), 'the count');
  });

  it.each([
    ['UNAUTHORIZED', 4401],
    ['SESSION_EXPIRED', 4409],
    ['SERVER_DRAINING', 4000],
    ['CONNECTION_LOST', 4003],
    ['SLOW_CONSUMER', 4001],
    ['HEARTBEAT_LOST', 4002],
  ] as const)('that is closed for %s gets what was sent before and the code %i', async (reason, closeCode) => {
    const code = client.closeCode();
    const peer = doors.gateway.lastPeer();
    peer.emit('pong', {});
    peer.close(reason);
    peer.emit('error', { code: 'INTERNAL', message: '', retryable: true });
    peer.close('INTERNAL');
    expect(await client.next()).toEqual({ t: 'pong' });
    expect(await code).toBe(closeCode);
  });

  it('that is closed serves nothing any more', async () => {
    const connection = doors.gateway.connections.at(-1);
    connection?.peer.close('SESSION_EXPIRED');
    client.send({ t: 'msg', text: 'x' });
    await client.closeCode();
    await until(() => connection?.isClosed === true, 'the end');
    expect(doors.gateway.requests).toEqual([]);
  });
});

describe('behind a proxy', () => {
  it('both doors know the address of the client', async () => {
    const proxied = await openDoors({ TRUSTED_PROXIES: '127.0.0.0/8' });
    const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.9' };
    await proxied.websocketClient({ headers });
    const client = proxied.socketioClient({ extraHeaders: headers });
    await client.emitWithAck('ping');
    expect(proxied.gateway.connections.map(({ peer }) => peer.address)).toEqual(['203.0.113.9', '203.0.113.9']);
    await proxied.close();
  });
});
