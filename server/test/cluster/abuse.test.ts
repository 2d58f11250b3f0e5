/** What somebody does who means harm, at a node with its usual limits (waiting for the slow is shortened): each costs them their connection, and the room goes on. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { BEHIND_PROXY, type Entered, freshAddress, sampleOf, strangerFrom } from '../support/strangers.ts';

/** Knocks of one address; `ABUSE_KNOCKS=10000 vitest run --project cluster test/cluster/abuse` for the full number. */
const KNOCKS = Number(process.env.ABUSE_KNOCKS ?? 1_500);
const AT_ONCE = 50;
/** A quarter of the usual times. */
const HASTE = { REQUEST_TIMEOUT_MS: '5000', AUTH_DEADLINE_MS: '2500' };
const GRACE_MS = 10_000;

let cluster: Cluster;
let url: string;
let port: number;
beforeAll(async () => {
  cluster = await startCluster({ nodes: 1, env: { ...BEHIND_PROXY, ...HASTE, HANDSHAKE_BURST: '400' } });
  [url = ''] = cluster.urls;
  port = Number(new URL(url).port);
});
afterAll(() => cluster.stop());

let room: { roomId: string; token: string };
let writer: Entered;
let reader: Entered;
let said = 0;

beforeEach(async () => {
  const made = await stranger().call('/api/rooms', { method: 'POST', body: { creatorName: `방장 ${freshAddress()}` } });
  const { roomId, token } = (made.body as { data: typeof room }).data;
  room = { roomId, token };
  writer = await stranger().enter('socketio');
  reader = await stranger().enter('websocket');
  expect(await writer.ask('join', room)).toMatchObject({ ok: true });
  expect(await reader.ask('join', { roomId: room.roomId, token: `손님 ${freshAddress()}` })).toMatchObject({
    ok: true,
  });
});
afterEach(() => {
  writer.wire.close();
  reader.wire.close();
});

const stranger = (address = freshAddress()) => strangerFrom(address, url);

/** A message goes through the room, from the one to the other. */
async function theRoomGoesOn(): Promise<void> {
  said++;
  const line = `message ${said}`;
  expect(await writer.ask('msg', { roomId: room.roomId, text: line })).toMatchObject({ ok: true });
  await eventually(
    () => reader.heard.some(({ payload }) => (payload as { text?: string }).text === line),
    (isHeard) => isHeard,
    GRACE_MS,
  );
}

function openSocket(bytes: string): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(bytes);
  return socket;
}

describe('many connects of one address', () => {
  it('are let in at the rate of an address, whatever they claim; the room and newcomers of elsewhere go on', {
    timeout: 120_000,
  }, async () => {
    const address = freshAddress();
    const statuses: Record<number, number> = {};
    for (let n = 0; n < KNOCKS; n += AT_ONCE) {
      const knocks = Array.from({ length: AT_ONCE }, (_, k) =>
        strangerFrom(`10.8.${k}.${n % 250}, ${address}`, url).knock('socketio'),
      );
      for (const { status } of await Promise.all(knocks)) statuses[status] = (statuses[status] ?? 0) + 1;
      if (n % 500 === 0) await theRoomGoesOn();
    }
    expect(Object.keys(statuses).sort()).toEqual(['200', '429']);
    expect(await sampleOf(url, 'c2c_rate_limited_total', 'limit="handshakes_address"')).toBe(statuses[429]);
    const newcomer = await stranger().enter('websocket');
    expect(await newcomer.ask('ping', {})).toMatchObject({ ok: true });
    newcomer.wire.close();
    await theRoomGoesOn();
  });

  it('an office of 200 people behind one address gets in, all at once, on both doors and by REST', {
    timeout: 60_000,
  }, async () => {
    const office = stranger();
    const before = await sampleOf(url, 'c2c_rate_limited_total');
    const people = Array.from({ length: 200 }, async (_, n) => {
      expect((await office.call('/api/errors')).status).toBe(200);
      const entered = await office.enter(n % 2 === 0 ? 'socketio' : 'websocket');
      const answer = await entered.ask('join', { roomId: room.roomId, token: `동료 ${n} ${freshAddress()}` });
      entered.wire.close();
      return answer;
    });
    for (const answer of await Promise.all(people)) expect(answer).toMatchObject({ ok: true });
    expect(await sampleOf(url, 'c2c_rate_limited_total')).toBe(before);
  });
});

it('connections that never become one are ended by the node, and the room goes on meanwhile', {
  timeout: 60_000,
}, async () => {
  const starts = [
    '',
    'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upg',
    'POST /api/rooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n{',
    'GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n',
  ];
  const sockets = starts.flatMap((bytes) => Array.from({ length: 25 }, () => openSocket(bytes)));
  const dripping = setInterval(() => sockets.at(-1)?.write('X-A: 1\r\n'), 500);
  const silent = new WebSocket(`${url.replace('http', 'ws')}/ws`);
  const ended = Promise.all(sockets.map((socket) => once(socket.resume(), 'close')));
  const left = once(silent, 'close');
  const half = openSocket('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  expect(await text(half)).toMatch(/^HTTP\/1\.1 400 /);
  await theRoomGoesOn();
  expect((await left)[0]).toBe(4408);
  await ended;
  clearInterval(dripping);
  await theRoomGoesOn();
});

describe('what is too large', () => {
  it.each(['/api/errors', '/socket.io/?EIO=4&transport=polling', '/ws'])(
    'headers of 64 KB at %s are refused',
    async (path) => {
      const socket = openSocket(`GET ${path} HTTP/1.1\r\nHost: x\r\nCookie: ${'x'.repeat(65_536)}\r\n\r\n`);
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
      await theRoomGoesOn();
    },
  );

  it('compression is agreed with nobody, so nothing small can become large', async () => {
    for (const path of ['/ws', '/socket.io/?EIO=4&transport=websocket']) {
      const ws = new WebSocket(`${url.replace('http', 'ws')}${path}`, { perMessageDeflate: true });
      await once(ws, 'open');
      expect(ws.extensions).toBe('');
      ws.terminate();
    }
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, '['));
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const answer = await fetch(`${url}/api/rooms`, { method: 'POST', headers, body: bomb });
    expect([400, 413, 415]).toContain(answer.status);
    await theRoomGoesOn();
  });

  it('a compressed frame that nobody agreed on ends its connection', async () => {
    const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`);
    await once(ws, 'open');
    const [closed] = [once(ws, 'close')];
    // FIN, RSV1 (compressed), text, masked with zeros.
    Reflect.get(ws, '_socket').write(Buffer.from([0xc1, 0x82, 0, 0, 0, 0, 1, 2]));
    expect((await closed)[0]).toBe(1002);
    await theRoomGoesOn();
  });

  it('65 KB on either door and by REST are refused, 60 000 levels of JSON harm nobody', async () => {
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    const big = 'x'.repeat(65 * 1024);
    for (const [data, close] of [
      [deep, null],
      [big, 1009],
    ] as const) {
      const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`);
      await once(ws, 'open');
      const end = Promise.race([once(ws, 'close').then(([code]) => code), once(ws, 'message').then(() => null)]);
      ws.send(data);
      expect(await end).toBe(close);
      ws.terminate();
    }
    const poll = `${url}/socket.io/?EIO=4&transport=polling`;
    for (const [data, status] of [
      [`42["msg",${deep}]`, 200],
      [`4${big}`, 413],
    ] as const) {
      const opened = await (await fetch(poll)).text();
      const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
      const session = `${poll}&sid=${sid}`;
      await fetch(session, { method: 'POST', body: '40' });
      expect((await fetch(session, { method: 'POST', body: data })).status).toBe(status);
    }
    const headers = { 'content-type': 'application/json' };
    for (const [body, status] of [
      [deep, 400],
      [JSON.stringify({ creatorName: big }), 413],
    ] as const) {
      expect((await fetch(`${url}/api/rooms`, { method: 'POST', headers, body })).status).toBe(status);
    }
    await theRoomGoesOn();
  });
});

describe('who asks and never reads', () => {
  it('gets no more than the limits grant, and is cut', { timeout: 60_000 }, async () => {
    const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`);
    await once(ws, 'open');
    ws.send(JSON.stringify({ t: 'join', id: 1, roomId: room.roomId, token: `무뢰한 ${freshAddress()}` }));
    await once(ws, 'message');
    ws.pause();
    const before = await sampleOf(url, 'c2c_rate_limited_total', 'limit="frames_connection"');
    for (let n = 0; n < 20_000; n++) ws.send(`{"t":"ping","id":"${'x'.repeat(60)}"}`);
    await eventually(
      () => sampleOf(url, 'c2c_rate_limited_total', 'limit="frames_connection"'),
      (count) => count === before + 1,
      GRACE_MS,
    );
    expect(await sampleOf(url, 'c2c_buffered_bytes')).toBeLessThan(2 * 1024 * 1024);
    ws.terminate();
    await theRoomGoesOn();
  });

  it('tries five tokens on a connection of Socket.IO, then has to come anew', async () => {
    const poll = `${url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(poll)).text()).slice(1)) as { sid: string };
    const token = `eyJhbGciOiJIUzI1NiJ9.${'p'.repeat(20)}.${'s'.repeat(20)}`;
    const before = await sampleOf(url, 'c2c_rate_limited_total', 'limit="handshakes_connection"');
    const heard: string[] = [];
    for (let n = 0; n < 6; n++) {
      await fetch(`${poll}&sid=${sid}`, { method: 'POST', body: `40${JSON.stringify({ token })}` });
      heard.push(await (await fetch(`${poll}&sid=${sid}`)).text());
    }
    expect(heard.slice(0, 5).filter((packet) => packet.includes('UNAUTHORIZED'))).toHaveLength(5);
    expect(heard[5]).toMatch(/1$/);
    expect(await sampleOf(url, 'c2c_rate_limited_total', 'limit="handshakes_connection"')).toBe(before + 1);
  });
});
