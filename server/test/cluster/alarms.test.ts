/** Alarms that a real Prometheus raises over real nodes, and the metrics they and everybody else rely on. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { startWatchedCluster, type WatchedCluster } from '../faults/support/watched-cluster.ts';
import { eventually } from '../support/eventually.ts';
import { gatherPeople } from '../support/people.ts';
import { callApi, createRoom } from '../support/rest.ts';
import type { TestClient } from '../support/test-client.ts';

const LIST = new URL('../../../deploy/observability/prometheus/rules/README.md', import.meta.url);
const LARGE = '가'.repeat(4_000);
const STALLED = 5;
const LIVES = {
  ...{ PRESENCE_TTL: '6', PRESENCE_RENEW_MS: '2000', CLOSE_GRACE_MS: '1000', SWEEP_INTERVAL_MS: '100' },
  ...{ PING_INTERVAL_MS: '1000', PING_TIMEOUT_MS: '800', CANARY_INTERVAL_MS: '200', DRAIN_WINDOW_MS: '3000' },
  ...{ MESSAGE_RATE: '300', MESSAGE_BURST: '300' },
};

let cluster: WatchedCluster;
beforeAll(async () => {
  cluster = await startWatchedCluster({ nodes: 2, env: LIVES });
});
afterAll(() => cluster.stop());

const urlOf = (index: number) => cluster.nodes[index]?.url ?? '';

/** Two people on two nodes in one room, which has some messages. */
async function twoInARoom() {
  const people = gatherPeople();
  const { roomId, token } = await createRoom(urlOf(0), people.nameOf('방장'));
  const host = await people.connect('방장', { url: urlOf(0), door: 'websocket', token });
  const guest = await people.connect('손님', { url: urlOf(1), door: 'socketio', transports: ['polling', 'websocket'] });
  await host.join(roomId);
  await guest.join(roomId);
  await host.send(roomId, '안녕');
  await people.settle();
  return { people, roomId, host, guest };
}

/** Sends on and on, whatever is answered, until the test ends. */
function chatter(client: TestClient, roomId: string): void {
  let isOver = false;
  const round = async (): Promise<void> => {
    while (!isOver) {
      await client.send(roomId, '…').catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const running = round();
  onTestFinished(async () => {
    isOver = true;
    await running;
  });
}

/** A member that asks for pages and reads nothing. */
async function stallIn(roomId: string, token: string): Promise<void> {
  const ws = new WebSocket(`${urlOf(0).replace('http', 'ws')}/ws`);
  onTestFinished(() => ws.terminate());
  ws.on('error', () => undefined);
  await once(ws, 'open');
  ws.send(JSON.stringify({ t: 'join', id: 1, roomId, token }));
  await once(ws, 'message');
  ws.pause();
  for (let id = 2; id < 20; id++) ws.send(JSON.stringify({ t: 'history', id, roomId, limit: 100 }));
}

describe('the alarms of a running cluster', () => {
  it('are silent while people chat', async () => {
    const { host, roomId } = await twoInARoom();
    chatter(host, roomId);
    await eventually(
      () => cluster.ask('min_over_time(c2c_ready[3s])'),
      (ready) => ready.join() === '1,1',
      40_000,
    );
    expect(await cluster.firing()).toEqual([]);
  });

  it('fire for readers that stall', async () => {
    const { host, guest, roomId, people } = await twoInARoom();
    for (let n = 0; n < 100; n++) await host.send(roomId, LARGE);
    for (let n = 0; n < STALLED; n++) await stallIn(roomId, people.nameOf(`멍 ${n}`));
    chatter(guest, roomId);
    await cluster.untilFiring('C2CSlowClients');
    expect(host.isOpen && guest.isOpen).toBe(true);
  });

  it('fire for subscribers that are killed and cannot come back', async () => {
    const { host, roomId, people } = await twoInARoom();
    const { admin } = cluster;
    await admin.call('ACL', 'SETUSER', 'default', '-subscribe');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    // What the log does not hold any more when the audit looks is told as a resync.
    for (let n = 0; n < 3; n++) await host.send(roomId, '아무도 못 들어요');
    await admin.xtrim(`room:${roomId}:log`, 'MAXLEN', 1);
    await cluster.untilFiring('C2CSubscriberDeaf', 'C2CNodeNotReady', 'C2CResyncs');
    await admin.call('ACL', 'SETUSER', 'default', '+subscribe');
    await cluster.untilSilent('C2CSubscriberDeaf', 'C2CNodeNotReady');
    await people.settle();
    expect(await cluster.firing()).not.toContain('C2CGapNotRepaired');
  });

  it('fire for a Redis that stands still, and end when it goes on', async () => {
    const { host, roomId } = await twoInARoom();
    chatter(host, roomId);
    onTestFinished(() => cluster.redis.thaw());
    cluster.redis.freeze();
    await cluster.untilFiring('C2CRedisBreakerOpen', 'C2CNodeNotReady', 'C2CSendsRefused');
    cluster.redis.thaw();
    await cluster.untilSilent('C2CRedisBreakerOpen', 'C2CNodeNotReady');
    expect(await cluster.firing()).not.toContain('C2CTargetDown');
  });
});

describe('the metrics of a node', () => {
  it('are all fed', async () => {
    const { host, guest, roomId } = await twoInARoom();
    const sent = await host.send(roomId, '두 번', { clientMsgId: 'again' });
    await host.send(roomId, '두 번', { clientMsgId: 'again', since: sent.id });
    await callApi(`${urlOf(0)}/api/rooms/nowhere1`);
    await cluster.admin.publish(`chan:${roomId}`, '{"type":"msg"}');
    guest.close();
    await host.hears('presence');
    await guest.connect();
    await guest.rejoin(roomId);
    await Promise.allSettled(Array.from({ length: 400 }, () => host.send(roomId, '!')));
    await leaveOpenGap(roomId);
    await drainSecondNode();

    const names = Array.from(readFileSync(LIST, 'utf8').matchAll(/^\| `([a-z0-9_]+)` \| (\w+)/gm));
    const still = await Promise.all(
      names.map(async ([, name = '', type]) => {
        const [most = 0] = await cluster.ask(`max(max_over_time(${name}${type === 'histogram' ? '_count' : ''}[10m]))`);
        return most > 0 ? [] : [name];
      }),
    );
    expect(names.length).toBeGreaterThan(30);
    expect(still.flat()).toEqual([]);
  });

  it('are named as Prometheus wants them, and are few', async () => {
    const page = await (await fetch(`${urlOf(0)}/metrics`)).text();
    const { stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
    expect(page.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length).toBeLessThan(2_000);
  });
});

/** Somebody tells of a message that is not there, and Redis pauses just when the nodes want to look. */
async function leaveOpenGap(roomId: string): Promise<void> {
  const [entry] = await cluster.admin.xrevrange(`room:${roomId}:log`, '+', '-', 'COUNT', 1);
  const last = entry?.[1][entry[1].indexOf('data') + 1] ?? '';
  const ahead = last.replace(/"seq":(\d+)/, (_, seq) => `"seq":${Number(seq) + 5}`);
  const forged = ahead.replace(/"id":"(\S+?)-(\d+)"/, (_, gen, seq) => `"id":"${gen}-${Number(seq) + 5}"`);
  await cluster.admin.multi().publish(`chan:${roomId}`, forged).call('CLIENT', 'PAUSE', '1500', 'ALL').exec();
  await eventually(
    () => cluster.ask('max(max_over_time(c2c_gap_oldest_seconds[1m]))'),
    ([age = 0]) => age > 0,
    10_000,
  );
}

/** A hundred who wait before the door make the drain last; one more is refused. */
async function drainSecondNode(): Promise<void> {
  const waiting = Array.from({ length: 100 }, () => new WebSocket(`${urlOf(1).replace('http', 'ws')}/ws`));
  await Promise.all(waiting.map((ws) => once(ws, 'open')));
  const stopped = cluster.nodes[1]?.stop(20_000);
  const answer = async () => (await fetch(`${urlOf(1)}/socket.io/?EIO=4&transport=polling`)).status;
  expect(await eventually(answer, (status) => status === 503, 2_000)).toBe(503);
  await stopped;
  for (const ws of waiting) ws.terminate();
}
