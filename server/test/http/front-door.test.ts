import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Server as EngineServer } from 'engine.io';
import type { FastifyInstance } from 'fastify';
import { Server as SocketServer } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { Refusal } from '../../src/transport/door-limits.ts';
import { createHttpApp } from '../../src/transport/http/app.ts';
import { createFrontDoor, type FrontDoorDeps } from '../../src/transport/http/front-door.ts';
import { createHttpDeps } from '../support/http-fakes.ts';

let app: FastifyInstance;
let engine: EngineServer;
let sockets: SocketServer;
let websockets: WebSocketServer;
let refusal: Refusal | null;
let refused: string[];
let deps: ReturnType<typeof createHttpDeps>;
let port: number;
const clients: (Socket | WebSocket)[] = [];

beforeEach(async () => {
  refusal = null;
  refused = [];
  engine = new EngineServer({ pingInterval: 1_000 });
  sockets = new SocketServer();
  sockets.bind(engine);
  websockets = new WebSocketServer({ noServer: true });
  websockets.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))));
  deps = createHttpDeps();
  const front = createFrontDoor({ ...deps, ...gate(), ...doors(), requestTimeoutMs: 20_000 });
  app = await createHttpApp({ ...deps, serverFactory: front });
  await app.listen({ port: 0, host: '127.0.0.1' });
  port = (app.server.address() as AddressInfo).port;
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  engine.close();
  websockets.close();
  app.server.closeAllConnections();
  await app.close();
});

function gate(): Pick<FrontDoorDeps, 'accepts' | 'admit' | 'countRefused'> {
  return {
    accepts: ({ headers }) => headers.origin !== 'https://evil.test',
    admit: () => refusal,
    countRefused: (code) => void refused.push(code),
  };
}

function doors(): Pick<FrontDoorDeps, 'socketio' | 'websocket'> {
  return {
    socketio: {
      request: (request, response) => engine.handleRequest(request, response),
      upgrade: (request, socket, head) => engine.handleUpgrade(request, socket, head),
    },
    websocket: {
      upgrade: (request, socket, head) =>
        websockets.handleUpgrade(request, socket, head, (client) => websockets.emit('connection', client, request)),
    },
  };
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
}

function openSocket(transports: ('polling' | 'websocket')[]): Socket {
  const socket = io(`http://127.0.0.1:${port}`, { transports, reconnection: false, forceNew: true });
  clients.push(socket);
  return socket;
}

function openWebSocket(path: string, headers: Record<string, string> = {}): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  socket.on('error', () => {});
  clients.push(socket);
  return socket;
}

/** The plain HTTP answer to an upgrade. */
async function answerToUpgrade(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ response: IncomingMessage; body: string }> {
  const [, response] = await once(openWebSocket(path, headers), 'unexpected-response');
  return { response, body: await text(response) };
}

const SHUT: Refusal = { code: 'DRAINING', retryAfterMs: 2_100 };

describe('with the gate open', () => {
  test.each([[['polling']], [['websocket']], [['polling', 'websocket']]] as ('polling' | 'websocket')[][][])(
    'Socket.IO connects by %s',
    async (transports) => {
      await connected(openSocket(transports));
      expect(engine.clientsCount).toBe(1);
    },
  );

  test('/ws connects, with and without a query', async () => {
    for (const path of ['/ws', '/ws?v=1']) {
      const socket = openWebSocket(path);
      await once(socket, 'open');
      socket.send('안녕');
      expect(String((await once(socket, 'message'))[0])).toBe('안녕');
    }
  });

  test('everything else is REST', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/errors`);
    expect(await answer.json()).toMatchObject({ success: true });
    expect((await fetch(`http://127.0.0.1:${port}/socket.iox`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${port}/ws`)).status).toBe(404);
  });

  test.each(['/', '/wsx', '/ws/more', '/api/rooms'])(
    'an upgrade of %s is NOT_FOUND and the connection ends',
    async (path) => {
      const { response, body } = await answerToUpgrade(path);
      expect(response.statusCode).toBe(404);
      expect(JSON.parse(body).error.code).toBe('NOT_FOUND');
    },
  );
});

describe('with the gate shut', () => {
  const URL_OF_POLL = '/socket.io/?EIO=4&transport=polling';

  test('a polling handshake gets 503, Retry-After and the envelope', async () => {
    refusal = SHUT;
    const headers = { 'accept-language': 'en' };
    const answer = await fetch(`http://127.0.0.1:${port}${URL_OF_POLL}`, { headers });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '3']);
    expect(answer.headers.get('content-language')).toBe('en');
    expect(await answer.json()).toMatchObject({
      success: false,
      error: { code: 'DRAINING', details: { retryable: true, retryAfterMs: 2_100 } },
    });
    expect(engine.clientsCount).toBe(0);
  });

  test.each(['/socket.io/?EIO=4&transport=websocket', '/socket.io/?EIO=4&transport=websocket&sid=', '/ws'])(
    'an upgrade of %s gets a whole 503',
    async (path) => {
      refusal = { code: 'OVERLOADED', retryAfterMs: 400 };
      const { response, body } = await answerToUpgrade(path);
      expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1']);
      expect(JSON.parse(body).error.code).toBe('OVERLOADED');
    },
  );

  test('a session that runs goes on polling, and upgrades', async () => {
    const socket = openSocket(['polling', 'websocket']);
    engine.once('initial_headers', () => {
      refusal = SHUT;
    });
    await connected(socket);
    expect(refusal).toEqual(SHUT);
    if (socket.io.engine.transport.name !== 'websocket') {
      await new Promise<void>((resolve) => socket.io.engine.once('upgrade', () => resolve()));
    }
    expect(socket.io.engine.transport.name).toBe('websocket');
  });

  test('an address that comes too often gets 429, which no proxy takes elsewhere', async () => {
    refusal = { code: 'RATE_LIMITED', retryAfterMs: 1_200 };
    const poll = await fetch(`http://127.0.0.1:${port}${URL_OF_POLL}`);
    expect([poll.status, poll.headers.get('retry-after')]).toEqual([429, '2']);
    expect(await poll.json()).toMatchObject({ error: { code: 'RATE_LIMITED', details: { retryAfterMs: 1_200 } } });
    const { response, body } = await answerToUpgrade('/ws');
    expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '2']);
    expect(JSON.parse(body).error.code).toBe('RATE_LIMITED');
    expect(refused).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
  });

  test('REST is still answered', async () => {
    refusal = SHUT;
    expect((await fetch(`http://127.0.0.1:${port}/api/errors`)).status).toBe(200);
  });
});

describe('a page of another host', () => {
  const headers = { origin: 'https://evil.test' };

  test('is FORBIDDEN on both doors, with and without a session', async () => {
    for (const path of ['/socket.io/?EIO=4&transport=polling', '/socket.io/?EIO=4&transport=polling&sid=n1.abc']) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ error: { code: 'FORBIDDEN' } });
    }
    for (const path of [
      '/ws',
      '/socket.io/?EIO=4&transport=websocket',
      '/socket.io/?EIO=4&transport=websocket&sid=x',
    ]) {
      const { response, body } = await answerToUpgrade(path, headers);
      expect([response.statusCode, JSON.parse(body).error.code]).toEqual([403, 'FORBIDDEN']);
    }
    expect(refused).toEqual(Array(5).fill('FORBIDDEN'));
    expect(engine.clientsCount).toBe(0);
  });
});

test('whether the node lives is answered at the door, without the cost of a REST request', async () => {
  refusal = { code: 'OVERLOADED' };
  const answer = await fetch(`http://127.0.0.1:${port}/health/live`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ status: 'ok' });
  expect(answer.headers.get('x-trace-id')).toBeNull();
});

describe('what is no good does no harm', () => {
  async function sayRaw(bytes: string): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(bytes);
    return text(socket);
  }

  test.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['a broken header', 'GET / HTTP/1.1\r\nHo st: x\r\n\r\n'],
    ['a header of 20 KB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('%s is answered in the envelope, and the connection ends', async (_name, bytes) => {
    const answer = await sayRaw(bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)).error.code).toBe('VALIDATION_FAILED');
  });

  test('a peer that resets in the middle of an upgrade ends nothing but itself', async () => {
    for (const path of ['/ws', '/nowhere', '/socket.io/?EIO=4&transport=websocket']) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`, () =>
        socket.resetAndDestroy(),
      );
      await once(socket, 'close');
    }
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
  });

  test('a body of 10 MB is PAYLOAD_TOO_LARGE, and the node lives', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': String(10 * 1024 * 1024) };
    const request = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: '/api/rooms', headers });
    request.on('error', () => {});
    request.write('['.repeat(100_000));
    const [response] = await once(request, 'response');
    expect(response.statusCode).toBe(413);
    expect(JSON.parse(await text(response)).error.code).toBe('PAYLOAD_TOO_LARGE');
    request.destroy();
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
  });

  test('a door that throws costs one connection and is reported', async () => {
    engine.handleRequest = () => {
      throw new Error('broken door');
    };
    await expect(fetch(`http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`)).rejects.toThrow();
    expect(deps.reports.map(({ stage }) => stage)).toEqual(['front-door']);
  });
});
