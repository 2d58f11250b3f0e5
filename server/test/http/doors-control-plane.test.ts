import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis } from '../../src/store/redis-connection.ts';
import { createControlPlane } from '../../src/transport/socketio/control-plane.ts';
import { type Doors, nextEvent, openDoors } from '../support/doors.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

type Failure = { stage: string; error: unknown };
type Node = Awaited<ReturnType<typeof startNode>>;

const unhandled: unknown[] = [];
const noteUnhandled = (error: unknown) => void unhandled.push(error);
let redis: TestRedis;
let a: Node;
let b: Node;

/** Doors and a control plane, as the process wires them. */
async function startNode(nodeId: string, url = redis.url) {
  const doors = await openDoors({ NODE_ID: nodeId });
  const failures: Failure[] = [];
  const report = (stage: string, error: unknown) => void failures.push({ stage, error });
  const options = { url, nodeId, timeoutMs: 2_000, onError: () => undefined };
  const [publisher, subscriber] = [connectRedis('adapter', options), connectRedis('adapter', options)];
  const control = createControlPlane({ publisher, subscriber, connections: doors.gateway, failures: { report } });
  control.attach(doors.socketio.io);
  return {
    doors,
    control,
    failures,
    async close() {
      await doors.close();
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

/** Revokes on one node until the other has heard it: what Redis lost meanwhile is lost. */
const revokedOn = (speaker: Node, listener: Doors, sid: string) =>
  eventually(
    () => {
      speaker.control.revoke(sid);
      return listener.gateway.connections.filter((one) => one.sid === sid && !one.isClosed).length;
    },
    (open) => open === 0,
    15_000,
  );

async function connected(doors: Doors, token: string) {
  const client = doors.socketioClient({ auth: { token } });
  await nextEvent(client, 'connect');
  return client;
}

beforeAll(async () => {
  process.on('unhandledRejection', noteUnhandled);
  redis = await startRedis();
});
afterAll(async () => {
  await redis.stop();
  process.off('unhandledRejection', noteUnhandled);
  expect(unhandled).toEqual([]);
});
beforeEach(async () => {
  [a, b] = await Promise.all([startNode('n1'), startNode('n2')]);
});
afterEach(async () => {
  await Promise.all([a.close(), b.close()]);
});

/** Both nodes listen: each hears the other. */
async function bothListen(): Promise<void> {
  await connected(b.doors, 'probe-b');
  await connected(a.doors, 'probe-a');
  await revokedOn(a, b.doors, 'probe-b');
  await revokedOn(b, a.doors, 'probe-a');
}

describe('a session revoked on one node', () => {
  it(
    'ends on the other within 2 s, on both doors, and nobody else is touched',
    async () => {
      await bothListen();
      const [gone, stays] = [await connected(b.doors, 'gone'), await connected(b.doors, 'stays')];
      const raw = await b.doors.websocketClient();
      raw.send({ t: 'join', roomId: 'abc12345' });
      await raw.next();
      const code = raw.closeCode();
      const told = nextEvent(gone, 'error');
      const reason = nextEvent(gone, 'disconnect');
      a.control.revoke('gone');
      a.control.revoke('joined');
      expect(await told).toMatchObject({ code: 'SESSION_EXPIRED' });
      expect(await reason).toBe('io server disconnect');
      expect(await code).toBe(4409);
      expect(await stays.emitWithAck('ping')).toEqual({ ok: true, data: {} });
    },
    2_000 + 15_000,
  );

  it('ends on its own node at once, Redis or not', async () => {
    const client = await connected(a.doors, 'gone');
    const reason = nextEvent(client, 'disconnect');
    a.control.revoke('gone');
    expect(await reason).toBe('io server disconnect');
  });
});

describe('the control plane', () => {
  it.each(['normal', 'pubsub'])('works again after its %s connections were killed', async (type) => {
    await bothListen();
    const operator = new Redis(redis.url);
    for (let round = 0; round < 5; round++) {
      await operator.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes');
      a.control.revoke('nobody');
      b.control.revoke('nobody');
    }
    operator.disconnect();
    await bothListen();
  });

  it('survives Redis being killed and started again, and works afterwards', async () => {
    await bothListen();
    await redis.kill();
    for (let round = 0; round < 20; round++) a.control.revoke('nobody');
    await eventually(
      () => a.failures.filter(({ stage }) => stage === 'control-plane.publish').length,
      (reports) => reports >= 20,
    );
    await redis.start();
    await bothListen();
  });

  it('starts while Redis is away', async () => {
    await redis.kill();
    const early = await startNode('n3');
    early.control.revoke('nobody');
    await redis.start();
    await connected(b.doors, 'late');
    await revokedOn(early, b.doors, 'late');
    await connected(early.doors, 'early');
    await revokedOn(b, early.doors, 'early');
    await early.close();
  });

  it('survives whatever is published on its channels', async () => {
    await bothListen();
    const operator = new Redis(redis.url);
    const junk = [
      '',
      '{',
      'x',
      '{"type":6}',
      '{"type":6,"data":["revoke",{"x":1}]}',
      '{"type":7,"requestId":"1"}',
      '[]',
      'null',
    ];
    for (const text of [...junk, '{"type":2}', '{"type":4,"opts":{}}', '{"type":6,"data":["connection",1]}']) {
      await operator.publish('c2c-control-request#/#', text);
      await operator.publish('c2c-control-response#/#', text);
      await operator.publish('c2c-control#/#', text);
    }
    operator.disconnect();
    await bothListen();
  });

  it('carries no chat: nothing is published by connections coming and going', async () => {
    await bothListen();
    const operator = new Redis(redis.url);
    const calls = async () => Number(/cmdstat_publish:calls=(\d+)/.exec(await operator.info('commandstats'))?.[1]);
    const before = await calls();
    const client = await connected(a.doors, 'good');
    await client.emitWithAck('join', { roomId: 'abc12345' });
    client.disconnect();
    expect(await calls()).toBe(before);
    operator.disconnect();
  });
});
