/** Holds the installed Engine.IO and `ws` to what `library-internals.ts` takes for granted. */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { batchOf } from '../../src/fanout/frame.ts';
import { POLLING_PACKETS_MAX } from '../../src/transport/socketio/engine-writes.ts';
import { directSocketOf, queueOf } from '../../src/transport/socketio/library-internals.ts';
import { type Doors, nextEvent, openDoors, until } from '../support/doors.ts';
import { frameOf, numberedFrames } from '../support/frames.ts';

let doors: Doors;
beforeEach(async () => {
  doors = await openDoors();
});
afterEach(async () => {
  await doors.close();
  expect(doors.failures).toEqual([]);
});

describe.each([
  ['polling', ['polling']],
  ['websocket', ['websocket']],
  ['polling and an upgrade', ['polling', 'websocket']],
])('frames over %s', (_name, transports) => {
  it('arrive whole and in order among what is emitted', async () => {
    const client = doors.socketioClient({ transports });
    const got: number[] = [];
    client.on('test', ({ n }) => got.push(n));
    client.on('error', ({ n }) => got.push(n));
    await nextEvent(client, 'connect');
    const peer = doors.gateway.lastPeer();
    let sent = 0;
    // From before the upgrade until after it.
    for (let round = 0; round < 60; round++) {
      peer.deliver(numberedFrames(3, sent + 1));
      peer.emit('error', { n: sent + 4 } as never);
      peer.deliver(
        batchOf([frameOf('test', { n: sent + 5 }), frameOf('test', { n: sent + 6, pad: '가'.repeat(700) })]),
      );
      peer.deliver(batchOf([frameOf('test', { n: sent + 7, pad: '가'.repeat(30_000) })]));
      sent += 7;
      await client.emitWithAck('ping');
    }
    await until(() => got.length >= sent, 'all events');
    expect(got).toEqual(Array.from({ length: sent }, (_, index) => index + 1));
    expect(client.io.engine.transport.name).toBe(transports.at(-1));
  });
});

describe('the way straight to TCP', () => {
  /** What the server has of the one connection that is open. */
  function connection() {
    const [socket] = doors.socketio.io.sockets.sockets.values();
    if (!socket) throw new Error('nobody is connected');
    return socket.conn;
  }

  it('is open on a WebSocket where nothing waits, and carries the very bytes of the batch', async () => {
    await doors.close();
    doors = await openDoors({ FANOUT_FAST_PATH: 'on' });
    const client = doors.socketioClient();
    await nextEvent(client, 'connect');
    const batch = batchOf([frameOf('test', { n: 1 })]);
    // Text and bytes differ here, to see which of them arrives.
    const odd = { ...batch, frames: [frameOf('test', { n: 2 })], socketioBytes: batch.socketioBytes };
    const event = nextEvent(client, 'test');
    await until(() => directSocketOf(connection()) !== null, 'the way is open');
    doors.gateway.lastPeer().deliver(odd);
    expect(await event).toEqual({ n: 1, roomId: 'abc12345' });
  });

  it('is not taken where it is switched off', async () => {
    await doors.close();
    doors = await openDoors({ FANOUT_FAST_PATH: 'off' });
    const client = doors.socketioClient();
    await nextEvent(client, 'connect');
    const odd = { ...batchOf([]), frames: [frameOf('test', { n: 2 })] };
    const event = nextEvent(client, 'test');
    await until(() => directSocketOf(connection()) !== null, 'the way is open');
    doors.gateway.lastPeer().deliver(odd);
    expect(await event).toEqual({ n: 2, roomId: 'abc12345' });
  });

  it('is shut while a packet is being written or waits, until both are gone', async () => {
    const client = doors.socketioClient();
    await nextEvent(client, 'connect');
    const conn = connection();
    await until(() => directSocketOf(conn) !== null, 'the way is open');
    conn.write('2["first"]');
    expect([conn.transport.writable, directSocketOf(conn)]).toEqual([false, null]);
    conn.write('2["second"]');
    expect(queueOf(conn).writeBuffer).toHaveLength(1);
    // The transport alone is ready again before what waits has been handed to it.
    conn.transport.writable = true;
    expect(directSocketOf(conn)).toBeNull();
    conn.transport.writable = false;
    const second = nextEvent(client, 'second');
    await second;
    await until(() => directSocketOf(conn) !== null, 'the way is open again');
  });

  it('is shut for a connection that polls, while its upgrade is under way, and open after it', async () => {
    const base = `${doors.url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(base)).text()).slice(1));
    const url = `${base}&sid=${sid}`;
    await fetch(url, { method: 'POST', body: '40' });
    await (await fetch(url)).text();
    const conn = connection();
    const poll = fetch(url).then((answer) => answer.text());
    await until(() => conn.transport.writable, 'a poll that waits');
    expect(directSocketOf(conn)).toBeNull();
    const ws = new WebSocket(url.replace('http', 'ws').replace('=polling', '=websocket'));
    await once(ws, 'open');
    ws.send('2probe');
    await once(ws, 'message');
    expect([conn.upgrading, directSocketOf(conn)]).toEqual([true, null]);
    await poll;
    ws.send('5');
    await until(() => directSocketOf(conn) !== null, 'the way is open');
    expect([conn.upgrading, conn.transport.name]).toEqual([false, 'websocket']);
    ws.terminate();
  });

  it('is shut for a connection that is closing or gone', async () => {
    const client = doors.socketioClient();
    await nextEvent(client, 'connect');
    const conn = connection();
    await until(() => directSocketOf(conn) !== null, 'the way is open');
    conn.close();
    expect(directSocketOf(conn)).toBeNull();
    await nextEvent(client, 'disconnect');
    expect(directSocketOf(conn)).toBeNull();
  });

  it('is never open with compression', async () => {
    const client = doors.socketioClient({ perMessageDeflate: { threshold: 0 } });
    await nextEvent(client, 'connect');
    const conn = connection();
    await until(() => directSocketOf(conn) !== null, 'the way is open');
    // As Engine.IO marks a transport that compresses.
    Object.assign(conn.transport, { perMessageDeflate: { threshold: 1024 } });
    expect(directSocketOf(conn)).toBeNull();
  });

  it.each(['on', 'off'] as const)(
    '%s: events, acks, pings and other packets keep their order',
    async (FANOUT_FAST_PATH) => {
      await doors.close();
      doors = await openDoors({ FANOUT_FAST_PATH, PING_INTERVAL_MS: 20 });
      const ws = new WebSocket(`${doors.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
      const got: number[] = [];
      let pings = 0;
      ws.on('message', (data) => {
        const packet = data.toString();
        if (packet.startsWith('0')) ws.send('40');
        if (packet === '2') {
          pings++;
          ws.send('3');
        }
        const event = /^42\["(?:test|error)",(.*)\]$/.exec(packet)?.[1];
        const ack = /^43(\d+)\[/.exec(packet)?.[1];
        if (event !== undefined) got.push(JSON.parse(event).n);
        if (ack !== undefined) got.push(Number(ack));
      });
      await until(() => doors.socketio.io.sockets.sockets.size === 1, 'the namespace');
      const peer = doors.gateway.lastPeer();
      const conn = connection();
      let sent = 0;
      while (sent < 2_000 || pings < 3) {
        peer.deliver(numberedFrames(2, sent + 1));
        // An ack and a ping as the libraries write them, and events on either side of them, all in one turn.
        conn.write(`3${sent + 3}[]`);
        peer.deliver(numberedFrames(1, sent + 4));
        peer.emit('error', { n: sent + 5 } as never);
        peer.deliver(numberedFrames(1, sent + 6));
        sent += 6;
        if (sent % 60 === 0) await once(ws, 'message');
      }
      await until(() => got.length >= sent, 'all events');
      expect(got).toEqual(Array.from({ length: sent }, (_, index) => index + 1));
      ws.terminate();
    },
  );
});

it('frames for a connection that is closing are dropped', async () => {
  const client = doors.socketioClient();
  await nextEvent(client, 'connect');
  const peer = doors.gateway.lastPeer();
  const got: unknown[] = [];
  client.on('test', (event) => got.push(event));
  const reason = nextEvent(client, 'disconnect');
  peer.close('SERVER_DRAINING');
  peer.deliver(numberedFrames(3));
  peer.emit('pong', {});
  expect(await reason).toBe('transport close');
  peer.deliver(numberedFrames(3));
  peer.close('SESSION_EXPIRED');
  expect(got).toEqual([]);
});

describe('a polling answer', () => {
  /** A hand-made polling client in the namespace. */
  async function poller() {
    const base = `${doors.url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(base)).text()).slice(1));
    const url = `${base}&sid=${sid}`;
    await fetch(url, { method: 'POST', body: '40' });
    const poll = async () => (await (await fetch(url)).text()).split('\x1e');
    expect((await poll())[0]).toMatch(/^40/);
    return { url, poll };
  }

  it('holds at most 16 packets, and the rest follows in order', async () => {
    const { poll } = await poller();
    const peer = doors.gateway.lastPeer();
    peer.deliver(numberedFrames(50));
    expect(peer.pendingBytes()).toBeGreaterThan(50 * 20);
    const packets: string[] = [];
    while (packets.length < 50) {
      const answer = await poll();
      expect(answer.length).toBeLessThanOrEqual(POLLING_PACKETS_MAX);
      packets.push(...answer);
      if (packets.length === 32) peer.deliver(numberedFrames(2, 51));
    }
    packets.push(...(packets.length < 52 ? await poll() : []));
    expect(packets.map((packet) => JSON.parse(packet.slice(2))[1].n)).toEqual(
      Array.from({ length: 52 }, (_, index) => index + 1),
    );
    expect(peer.pendingBytes()).toBe(0);
  });

  it.each([15, 16, 17, 32, 40])(
    'of a connection that is closed with %i packets waiting loses none',
    async (waiting) => {
      const { poll } = await poller();
      const peer = doors.gateway.lastPeer();
      peer.deliver(numberedFrames(waiting - 1));
      peer.emit('error', { n: waiting } as never);
      peer.close('SESSION_EXPIRED');
      const packets: string[] = [];
      while (packets.at(-1) !== '1') {
        const answer = await poll();
        expect(answer.length).toBeLessThanOrEqual(POLLING_PACKETS_MAX);
        packets.push(...answer.filter((packet) => packet !== '6'));
      }
      expect(packets.slice(-2)).toEqual(['41', '1']);
      expect(packets.slice(0, -2).map((packet) => JSON.parse(packet.slice(2))[1].n)).toEqual(
        Array.from({ length: waiting }, (_, index) => index + 1),
      );
    },
  );

  it('that is cut short by the upgrade is completed over WebSocket', async () => {
    const { url, poll } = await poller();
    const peer = doors.gateway.lastPeer();
    const ws = new WebSocket(url.replace('http', 'ws').replace('=polling', '=websocket'));
    const got: string[] = [];
    ws.on('message', (data) => got.push(data.toString()));
    await once(ws, 'open');
    peer.deliver(numberedFrames(40));
    ws.send('2probe');
    await until(() => got.includes('3probe'), 'the probe');
    const first = await poll();
    ws.send('5');
    await until(() => first.length + got.length - 1 >= 40, 'the rest');
    const all = [...first, ...got.slice(1)].map((packet) => JSON.parse(packet.slice(2))[1].n);
    expect(all).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    ws.terminate();
  });
});

it('a reader that has stalled is cut at once, and nothing waits for it', async () => {
  const client = new WebSocket(`${doors.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  client.on('error', () => undefined);
  await once(client, 'open');
  client.send('40');
  await until(() => doors.gateway.connections.length === 1, 'the session');
  await until(() => doors.socketio.io.sockets.sockets.size === 1, 'the namespace');
  const peer = doors.gateway.lastPeer();
  client.pause();
  const batch = batchOf([frameOf('test', { pad: 'x'.repeat(60_000) })]);
  await until(() => {
    for (let index = 0; index < 20; index++) peer.deliver(batch);
    return peer.pendingBytes() > 1_000_000;
  }, 'a backlog');
  peer.close('SLOW_CONSUMER');
  await until(() => doors.gateway.connections[0]?.isClosed === true, 'the end of the session');
  await until(() => peer.pendingBytes() === 0, 'the backlog to be given up');
  client.terminate();
});
