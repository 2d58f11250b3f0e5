import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Doors, nextEvent, openDoors, until } from '../support/doors.ts';

let doors: Doors;
beforeEach(async () => {
  doors = await openDoors();
});
afterEach(async () => {
  await doors.close();
  expect(doors.failures).toEqual([]);
});

describe('a Socket.IO handshake', () => {
  it.each([
    ['forged', 'UNAUTHORIZED'],
    ['expired', 'SESSION_EXPIRED'],
    ['foreign', 'FORBIDDEN'],
  ])('refuses a token that is %s with connect_error %s', async (token, code) => {
    const client = doors.socketioClient({ auth: { token } });
    const error = (await nextEvent(client, 'connect_error')) as Error & { data: unknown };
    expect(error.message).toBe(code);
    expect(error.data).toMatchObject({ code, retryable: false });
    await until(() => doors.gateway.connections[0]?.isClosed === true, 'the session is told');
    expect(doors.socketio.count()).toBe(0);
  });

  it.each([['no:name'], [42], [{ deep: [] }]])(
    'lets a client with the token %j in and tells it what is wrong',
    async (token) => {
      const client = doors.socketioClient({ auth: { token } });
      expect(await nextEvent(client, 'error')).toMatchObject({ code: 'VALIDATION_FAILED' });
      expect(client.connected).toBe(true);
      expect(doors.gateway.connections[0]?.sid).toBeNull();
    },
  );

  it.each([[undefined], [null], ['']])('lets a client with the token %j in as a stranger', async (token) => {
    const client = doors.socketioClient({ auth: { token } });
    await nextEvent(client, 'connect');
    expect(await client.emitWithAck('ping')).toEqual({ ok: true, data: {} });
  });

  it('lets a client in while tokens cannot be checked', async () => {
    const client = doors.socketioClient({ auth: { token: 'unlucky' } });
    await nextEvent(client, 'connect');
    expect(await client.emitWithAck('ping')).toEqual({ ok: true, data: {} });
  });

  it('takes the language of auth before Accept-Language', async () => {
    const extraHeaders = { 'accept-language': 'ja' };
    await nextEvent(doors.socketioClient({ extraHeaders, auth: { locale: 'en' } }), 'connect');
    await nextEvent(doors.socketioClient({ extraHeaders, auth: { locale: 7 } }), 'connect');
    expect(doors.gateway.connections.map(({ locale }) => locale)).toEqual(['en', 'ja']);
  });

  it('gives session ids that begin with the node, and connections ids of their own', async () => {
    const client = doors.socketioClient({ transports: ['polling'] });
    await nextEvent(client, 'connect');
    expect(client.io.engine.id).toMatch(/^n1\.[\w-]{20}$/);
    expect(doors.gateway.lastPeer().id).toMatch(/^n1\.[\w-]{20}$/);
    expect(doors.gateway.lastPeer().id).not.toBe(client.io.engine.id);
  });

  it('is answered once: a second seat on the same connection is refused', async () => {
    const client = doors.socketioClient();
    await nextEvent(client, 'connect');
    // Where a connection stands already, the packet is a breach of the protocol.
    client.io.engine.write('0');
    await nextEvent(client, 'disconnect');
    expect(doors.gateway.connections).toHaveLength(1);
  });
});

describe('a Socket.IO connection', () => {
  it('is counted by what carries it, through the upgrade', async () => {
    const client = doors.socketioClient({ transports: ['polling', 'websocket'] });
    await nextEvent(client, 'connect');
    await until(() => doors.carriers.get('websocket') === 1, 'the upgrade');
    expect(doors.carriers.get('polling')).toBe(0);
    client.disconnect();
    await until(() => doors.carriers.get('websocket') === 0, 'the end');
  });

  it('that leaves the namespace is over', async () => {
    const client = doors.socketioClient();
    await nextEvent(client, 'connect');
    client.io.engine.write('1');
    await nextEvent(client, 'disconnect');
    expect(doors.gateway.connections[0]?.isClosed).toBe(true);
  });
});

describe('a stranger', () => {
  it('is told UNAUTHORIZED and disconnected for good when its time is up', async () => {
    const strict = await openDoors({ AUTH_DEADLINE_MS: 60 });
    const client = strict.socketioClient();
    const error = nextEvent(client, 'error');
    const reason = nextEvent(client, 'disconnect');
    expect(await error).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await reason).toBe('io server disconnect');
    await strict.close();
  });

  it('that never asks for the namespace is cut as well', async () => {
    const strict = await openDoors({ AUTH_DEADLINE_MS: 60 });
    const answer = await fetch(`${strict.url}/socket.io/?EIO=4&transport=polling`);
    const { sid } = JSON.parse((await answer.text()).slice(1));
    const poll = await fetch(`${strict.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`);
    expect(await poll.text()).toBe('1');
    await strict.close();
  });

  it('that has joined in time stays', async () => {
    const strict = await openDoors({ AUTH_DEADLINE_MS: 60 });
    const [known, stranger] = [strict.socketioClient(), strict.socketioClient()];
    await known.emitWithAck('join', { roomId: 'abc12345', token: 'user2' });
    await nextEvent(stranger, 'disconnect');
    expect(await known.emitWithAck('ping')).toEqual({ ok: true, data: {} });
    await strict.close();
  });
});
