/** The bus on a real Redis whose subscriber is lost, deaf, slow or interrupted while it subscribes. */
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedisBus, type ProvableBus } from '../../src/bus/redis-bus.ts';
import { connectRedis } from '../../src/store/redis-connection.ts';
import { startTcpProxy, type TcpProxy } from '../faults/support/tcp-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const CANARY_MS = 100;

let server: TestRedis;
let proxy: TcpProxy;
let admin: Redis;
let subscriber: Redis;
let bus: ProvableBus;
let heard: string[];
let restored: string[];
let reports: string[];
let lags: number[];

beforeEach(async () => {
  server = await startRedis();
  proxy = await startTcpProxy(server.port);
  admin = new Redis(server.url);
  [heard, restored, reports, lags] = [[], [], [], []];
  const options = { url: proxy.url, nodeId: 'n1', timeoutMs: 1_000, onError: () => undefined };
  subscriber = connectRedis('subscriber', options);
  bus = createRedisBus({
    subscriber,
    nodeId: 'n1',
    channelOf: (roomId) => `chan:${roomId}`,
    publishCanary: (channel, payload) => admin.publish(channel, payload),
    canaryIntervalMs: CANARY_MS,
    listener: {
      message: (roomId, payload) => void heard.push(`${roomId} ${payload}`),
      restored: (roomIds) => void restored.push(...roomIds),
    },
    failures: { report: (stage, error) => void reports.push(`${stage}: ${String(error)}`) },
    clock: { nowMs: Date.now, monotonicMs: () => performance.now() },
    onLag: (seconds) => void lags.push(seconds),
  });
  await eventually(() => bus.isAlive(), Boolean);
});
afterEach(async () => {
  await bus.close();
  admin.disconnect();
  await proxy.close();
  await server.stop();
});

describe('the bus', () => {
  it('is subscribed again, and says so, after its connection was killed', async () => {
    await bus.subscribe('a');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(
      () => restored,
      (rooms) => rooms.includes('a'),
    );
    await admin.publish('chan:a', 'again');
    await eventually(
      () => heard,
      (all) => all.includes('a again'),
    );
  });

  it('refuses what was being subscribed when the connection was lost, and leaves nothing behind', async () => {
    proxy.stall({ role: 'subscriber' }, ['toServer']);
    const refused = expect(bus.subscribe('a')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await new Promise((resolve) => setImmediate(resolve));
    proxy.cut({ role: 'subscriber' });
    await refused;
    await eventually(
      () =>
        bus.probe().then(
          () => true,
          () => false,
        ),
      Boolean,
    );
    expect(restored).toEqual([]);
    expect(await admin.pubsub('NUMSUB', 'chan:a')).toEqual(['chan:a', 0]);
  });

  it('never calls a room subscribed that was opened again just when its first subscription failed', async () => {
    proxy.stall({ role: 'subscriber' }, ['toServer']);
    const first = bus.subscribe('a').catch(() => 'refused');
    await new Promise((resolve) => setImmediate(resolve));
    void bus.unsubscribe('a');
    // As the first one fails, the second waits for its turn.
    const second = new Promise<string>((resolve) => {
      subscriber.once('close', () => {
        bus.subscribe('a').then(
          () => resolve('subscribed'),
          () => resolve('refused'),
        );
      });
    });
    proxy.cut({ role: 'subscriber' });
    expect(await first).toBe('refused');
    const outcome = await second;
    await eventually(
      () =>
        bus.probe().then(
          () => true,
          () => false,
        ),
      Boolean,
    );
    const [, listeners] = await admin.pubsub('NUMSUB', 'chan:a');
    expect(`${outcome} ${String(listeners)}`).toMatch(/^(refused 0|subscribed 1)$/);
  });

  it('rebuilds a connection that answers but brings nothing', async () => {
    await bus.subscribe('a');
    const deaf = subscriber.stream;
    await subscriber.unsubscribe('node:n1', 'chan:a');
    await eventually(
      () => restored,
      (rooms) => rooms.includes('a'),
    );
    expect(subscriber.stream).not.toBe(deaf);
    expect(reports.join()).toContain('heard no canary');
  });

  it('tells how late a connection hears, and does not rebuild it as long as it hears', async () => {
    proxy.delay(CANARY_MS * 2.5, { role: 'subscriber' });
    const connection = subscriber.stream;
    const from = performance.now();
    await eventually(
      () => performance.now() - from,
      (ms) => ms > CANARY_MS * 12,
    );
    expect(subscriber.stream).toBe(connection);
    expect(reports).toEqual([]);
    expect(Math.max(...lags)).toBeGreaterThanOrEqual((CANARY_MS * 2.5) / 1_000);
  });

  it('leaves no probe pending: one without an answer fails', async () => {
    proxy.stall({ role: 'subscriber' });
    await expect(bus.probe()).rejects.toThrow('no canary came back');
    admin.disconnect();
    await expect(bus.probe()).rejects.toThrow('no canary could be published');
  });
});
