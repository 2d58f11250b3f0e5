/** Connections of every role notice by themselves that the other end is gone, also those that only listen. */
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectRedis, type RedisRole } from '../../src/store/redis-connection.ts';
import { startTcpProxy, type TcpProxy } from '../faults/support/tcp-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let server: TestRedis;
let proxy: TcpProxy;
let redis: Redis | null = null;

beforeEach(async () => {
  server = await startRedis();
  proxy = await startTcpProxy(server.port);
});
afterEach(async () => {
  redis?.disconnect();
  await proxy.close();
  await server.stop();
});

async function connect(role: RedisRole): Promise<Redis> {
  const made = connectRedis(role, { url: proxy.url, nodeId: 'n1', timeoutMs: 500, onError: () => undefined });
  redis = made;
  await eventually(
    () => made.status,
    (status) => status === 'ready',
  );
  return made;
}

it('a listener of the control plane that is half open is connected anew', async () => {
  const adapter = await connect('adapter');
  await adapter.subscribe('control');
  const dead = adapter.stream;
  proxy.stall();
  await eventually(
    () => adapter.status === 'ready' && adapter.stream !== dead,
    (isNew) => isNew,
    15_000,
  );
});

it('a connection whose handshake is never answered is given up and made again', async () => {
  proxy.delay(60_000);
  const options = { url: proxy.url, nodeId: 'n1', timeoutMs: 500, onError: () => undefined };
  const listener = connectRedis('subscriber', options);
  redis = listener;
  await eventually(
    () => listener.status,
    (status) => status === 'connect',
  );
  const stuck = listener.stream;
  // What it asked is still on its way; the next connection is prompt.
  proxy.delay(0);
  await eventually(
    () => listener.status,
    (status) => status === 'ready',
    15_000,
  );
  expect(listener.stream).not.toBe(stuck);
});

it('a command that was written when the connection broke is not sent again by itself', async () => {
  const commands = await connect('commands');
  proxy.stall({}, ['toClient']);
  const lost = commands.incr('counter').catch(() => 'lost');
  await eventually(
    () => lost,
    (answer) => answer === 'lost',
  );
  proxy.cut();
  const counted = await eventually(
    () => commands.get('counter').catch(() => null),
    (value) => value !== null,
  );
  expect(counted).toBe('1');
});
