import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { type Doors, nextEvent, openDoors, until } from '../support/doors.ts';
import { numberedFrames } from '../support/frames.ts';

let doors: Doors;
beforeEach(async () => {
  doors = await openDoors({ PING_INTERVAL_MS: 200, PING_TIMEOUT_MS: 160 });
});
afterEach(async () => {
  await doors.close();
  expect(doors.failures).toEqual([]);
});

describe('on /ws', () => {
  it('a client is pinged by protocol frames and stays while it answers them', async () => {
    const client = await doors.websocketClient();
    let pings = 0;
    client.ws.on('ping', () => pings++);
    doors.gateway.lastPeer().deliver(numberedFrames(1));
    await until(() => pings >= 6, 'six pings');
    expect(doors.websocket.count()).toBe(1);
  });

  it('a client that sends its own pings stays, pongs or not', async () => {
    const client = await doors.websocketClient({ autoPong: false });
    let pings = 0;
    client.ws.on('ping', () => pings++);
    client.ws.on('ping', () => client.send({ t: 'ping' }));
    await until(() => pings >= 6, 'six pings');
    expect(doors.websocket.count()).toBe(1);
  });

  it('a client that sends nothing is closed with 4002', async () => {
    const client = await doors.websocketClient({ autoPong: false });
    expect(await client.closeCode()).toBe(4002);
  });

  it('a client that is behind with events and does not answer the ping after them is closed with 4001', async () => {
    const client = await doors.websocketClient({ autoPong: false });
    client.ws.on('ping', () => client.send({ t: 'ping' }));
    doors.gateway.lastPeer().deliver(numberedFrames(1));
    expect(await client.closeCode()).toBe(4001);
  });

  it('a stranger is told UNAUTHORIZED and closed with 4408, one that has joined is not', async () => {
    const strict = await openDoors({ AUTH_DEADLINE_MS: 60 });
    const [stranger, known] = [await strict.websocketClient(), await strict.websocketClient()];
    known.send({ t: 'join', roomId: 'abc12345', token: 'user2' });
    const code = stranger.closeCode();
    expect(await stranger.next()).toMatchObject({ t: 'error', code: 'UNAUTHORIZED' });
    expect(await code).toBe(4408);
    await until(() => strict.websocket.count() === 1, 'the end of the stranger');
    await strict.close();
  });
});

describe('on Socket.IO', () => {
  it('a client is pinged by the server and stays while it answers', async () => {
    const client = doors.socketioClient();
    let pings = 0;
    client.io.on('ping', () => pings++);
    await nextEvent(client, 'connect');
    await until(() => pings >= 4, 'four pings');
    expect(doors.socketio.count()).toBe(1);
  });

  it('a client that does not is gone', async () => {
    // Bare: the official client has a patience of its own, as long as the server's.
    const client = new WebSocket(`${doors.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    await once(client, 'open');
    client.send('40{}');
    await until(() => doors.gateway.connections[0]?.isClosed === true, 'the cut');
    expect(doors.cuts).toEqual(['HEARTBEAT_LOST']);
  });
});

describe('doors that close', () => {
  it.each([
    ['UNAUTHORIZED', 'io server disconnect'],
    ['SESSION_EXPIRED', 'io server disconnect'],
    ['SERVER_DRAINING', 'transport close'],
    ['CONNECTION_LOST', 'transport close'],
    ['INTERNAL', 'transport close'],
    ['SLOW_CONSUMER', 'transport close'],
  ] as const)('%s means to a Socket.IO client: %s', async (reason, told) => {
    const client = doors.socketioClient();
    await nextEvent(client, 'connect');
    const end = nextEvent(client, 'disconnect');
    doors.gateway.lastPeer().close(reason);
    expect(await end).toBe(told);
    await until(() => doors.gateway.connections[0]?.isClosed === true, 'the session is told');
    expect(doors.cuts).toEqual([reason]);
  });

  it('end all connections with a wish to come back, and let nobody in', async () => {
    const raw = await doors.websocketClient();
    const clients = [['polling'], ['websocket'], ['polling', 'websocket']].map((transports) =>
      doors.socketioClient({ transports }),
    );
    await Promise.all(clients.map((client) => nextEvent(client, 'connect')));
    const reasons = Promise.all(clients.map((client) => nextEvent(client, 'disconnect')));
    const code = raw.closeCode();
    const closed = Promise.all([doors.socketio.close(), doors.websocket.close()]);
    await expect(doors.websocketClient()).rejects.toThrow('503');
    const answer = await fetch(`${doors.url}/socket.io/?EIO=4&transport=polling`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await reasons).toEqual(['transport close', 'transport close', 'transport close']);
    expect(await code).toBe(4000);
    await closed;
    expect(doors.gateway.connections.every(({ isClosed }) => isClosed)).toBe(true);
    expect([doors.socketio.count(), doors.websocket.count()]).toEqual([0, 0]);
    await Promise.all([doors.socketio.close(), doors.websocket.close()]);
  });

  it('do not wait for clients that have stalled', async () => {
    const raw = await doors.websocketClient();
    raw.ws.pause();
    const client = doors.socketioClient({ transports: ['polling'] });
    await nextEvent(client, 'connect');
    await Promise.all([doors.socketio.close(), doors.websocket.close()]);
    expect(doors.gateway.connections.every(({ isClosed }) => isClosed)).toBe(true);
  });
});
