/** More newcomers than a node can bear: it says so before it spends anything on them, and stock clients come back by themselves. */
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { createRoom } from '../support/rest.ts';
import { sampleOf, strangerFrom } from '../support/strangers.ts';

const CLIENTS = 24;

let cluster: Cluster;
let url: string;
const sockets: Socket[] = [];
beforeAll(async () => {
  cluster = await startCluster({ nodes: 1, env: { ADMIT_RATE: '10', ADMIT_BURST: '6', OVERLOAD_DELAY_MS: '60000' } });
  [url = ''] = cluster.urls;
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await cluster.stop();
});

const refused = (code: string) => sampleOf(url, 'c2c_handshakes_refused_total', `code="${code}"`);

it.each([
  ['by WebSocket', ['websocket']],
  ['by polling, then WebSocket', ['polling', 'websocket']],
])(
  'stock Socket.IO clients that come %s all at once get in without being told to',
  { timeout: 60_000 },
  async (_how, transports) => {
    const before = await refused('OVERLOADED');
    const options = { transports, forceNew: true, reconnectionDelay: 300, reconnectionDelayMax: 1_500 };
    const crowd = Array.from({ length: CLIENTS }, () => io(url, options));
    sockets.push(...crowd);
    await eventually(
      () => crowd.filter(({ connected }) => connected).length,
      (count) => count === CLIENTS,
      40_000,
    );
    expect(await refused('OVERLOADED')).toBeGreaterThan(before);
    for (const socket of crowd.splice(0)) socket.disconnect();
  },
);

it('a node that is full lets nobody in until somebody has gone', { timeout: 60_000 }, async () => {
  const seats = {
    TRUSTED_PROXIES: '127.0.0.1',
    MAX_CONNECTIONS: '5',
    CONNECTIONS_PER_ADDRESS: '5',
    CONNECTIONS_PER_USER: '5',
  };
  const full = await startCluster({ nodes: 1, env: { ...seats, OVERLOAD_DELAY_MS: '60000' } });
  onTestFinished(() => full.stop());
  const [place = ''] = full.urls;
  const client = strangerFrom('127.0.0.1', place);
  const doors = ['socketio', 'websocket'] as const;
  const people = await Promise.all(Array.from({ length: 5 }, (_, i) => client.enter(doors[i % 2] ?? 'websocket')));
  for (const door of doors) {
    expect(await client.knock(door)).toMatchObject({ status: 503, code: 'OVERLOADED', retryAfter: expect.any(String) });
  }
  people[0]?.wire.close();
  const next = await eventually(
    () => client.enter('websocket').catch(() => null),
    (entered) => entered !== null,
  );
  expect((await client.knock('socketio')).code).toBe('OVERLOADED');
  for (const one of [...people, next]) one?.wire.close();
});

it('a refusal has the envelope and Retry-After, and leaves who is in alone', { timeout: 40_000 }, async () => {
  const { roomId, token } = await createRoom(url, '방장');
  const client = strangerFrom('127.0.0.1', url);
  const host = await client.enter('websocket');
  expect(await host.ask('join', { roomId, token })).toMatchObject({ ok: true });
  for (const door of ['socketio', 'websocket'] as const) {
    const told = await eventually(
      () => client.knock(door),
      ({ code }) => code === 'OVERLOADED',
    );
    expect(told).toMatchObject({
      status: 503,
      retryAfter: expect.stringMatching(/^[123]$/),
      body: { success: false, error: { details: { retryable: true, retryAfterMs: expect.any(Number) } } },
    });
  }
  expect(await host.ask('msg', { roomId, text: 'still here' })).toMatchObject({ ok: true });
  host.wire.close();
});
