/** The proxy that the fault suite puts in front of Redis, tried with connections like those of a node. */
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTcpProxy, type TcpProxy } from '../faults/support/tcp-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let redis: TestRedis;
let proxy: TcpProxy;
let clients: Redis[] = [];

function connect(connectionName: string): Redis {
  const client = new Redis(proxy.url, { connectionName, retryStrategy: null, disableClientInfo: true });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

async function isAnswering(client: Redis, withinMs = 300): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), withinMs));
  return Promise.race([client.ping().then(() => true), late]);
}

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  proxy = await startTcpProxy(redis.port);
});
afterEach(async () => {
  for (const client of clients) client.disconnect();
  clients = [];
  await proxy.close();
});

describe('the proxy in front of Redis', () => {
  it('passes everything on, also a value larger than any buffer', async () => {
    const client = connect('c2c:n1:commands');
    const value = 'x'.repeat(5_000_000);
    await client.set('large', value);
    expect(await client.get('large')).toBe(value);
  });

  it('knows connections by the node and the role of their name', async () => {
    await Promise.all(
      ['c2c:n1:commands', 'c2c:n1:subscriber', 'c2c:n2:subscriber'].map((name) => connect(name).ping()),
    );
    expect(proxy.connections()).toHaveLength(3);
    expect(proxy.connections({ role: 'subscriber' })).toHaveLength(2);
    expect(proxy.connections({ role: 'subscriber', nodeId: 'n2' })).toHaveLength(1);
  });

  it('delays the answers of the connections that are meant, later ones included', async () => {
    proxy.delay(200, { role: 'commands' });
    const [late, prompt] = [connect('c2c:n1:commands'), connect('c2c:n1:send')];
    await Promise.all([late.ping(), prompt.ping()]);
    const sentMs = performance.now();
    const answeredMs = async (client: Redis) => {
      await client.ping();
      return performance.now() - sentMs;
    };
    const [lateMs, promptMs] = await Promise.all([answeredMs(late), answeredMs(prompt)]);
    expect(lateMs).toBeGreaterThanOrEqual(199);
    expect(promptMs).toBeLessThan(lateMs);
  });

  it('stalls one direction: what was asked happens, and no answer comes until it flows again', async () => {
    const client = connect('c2c:n1:commands');
    const other = connect('c2c:n1:send');
    await Promise.all([client.ping(), other.ping()]);
    expect(proxy.stall({ role: 'commands' }, ['toClient'])).toBe(1);

    const answer = client.set('asked', 'yes');
    await eventually(
      () => other.get('asked'),
      (value) => value === 'yes',
    );
    expect(await isAnswering(client)).toBe(false);
    proxy.resume();
    expect(await answer).toBe('OK');
  });

  it('stalls both directions without telling either end that anything is wrong', async () => {
    const client = connect('c2c:n1:subscriber');
    await client.subscribe('channel');
    proxy.stall({ role: 'subscriber' });
    client.disconnect(true);
    const publisher = connect('c2c:n1:commands');
    expect(await publisher.publish('channel', 'unheard')).toBe(1);
  });

  it('cuts what is open and lets newcomers in again only when it may', async () => {
    const client = connect('c2c:n1:commands');
    await client.ping();
    const ended = new Promise((resolve) => client.once('end', resolve));
    expect(proxy.cut()).toBe(1);
    await ended;
    expect(proxy.connections()).toHaveLength(0);

    proxy.refuse(true);
    const refused = connect('c2c:n1:commands');
    await new Promise((resolve) => refused.once('end', resolve));
    proxy.refuse(false);
    expect(await connect('c2c:n1:commands').ping()).toBe('PONG');
  });
});
