/** Every limit of a real node, on both doors and REST: what passes, what is refused and how, who is not hurt, and that it ends. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import type { Answer } from '../../src/protocol/index.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { BEHIND_PROXY, type Entered, freshAddress, sampleOf, strangerFrom } from '../support/strangers.ts';

const DOORS = ['socketio', 'websocket'] as const;
const SMALL = {
  HANDSHAKE_RATE: '1',
  HANDSHAKE_BURST: '12',
  CONNECTIONS_PER_ADDRESS: '6',
  CONNECTIONS_PER_USER: '3',
  HTTP_RATE: '5',
  HTTP_BURST: '10',
  REQUEST_RATE: '10',
  REQUEST_BURST: '12',
  JOIN_RATE: '5',
  JOIN_BURST: '8',
  MESSAGE_RATE: '4',
  MESSAGE_BURST: '4',
  ROOMS_PER_MINUTE: '3',
  ROOMS_PER_USER: '4',
  NAMES_PER_MINUTE: '3',
};

let cluster: Cluster;
let url: string;
beforeAll(async () => {
  cluster = await startCluster({ nodes: 1, env: { ...BEHIND_PROXY, ...SMALL } });
  [url = ''] = cluster.urls;
});
afterAll(() => cluster.stop());

const stranger = (address = freshAddress()) => strangerFrom(address, url);
const limited = (limit: string) => sampleOf(url, 'c2c_rate_limited_total', `limit="${limit}"`);
const REFUSED = { ok: false, error: { code: 'RATE_LIMITED', retryable: true, retryAfterMs: expect.any(Number) } };

let names = 0;
/** A room of somebody's own. */
async function newRoom() {
  names++;
  const { body } = await stranger().call('/api/rooms', { method: 'POST', body: { creatorName: `host ${names}` } });
  return (body as { data: { roomId: string; userId: string; token: string } }).data;
}

/** Asks until it is refused; answers how often it went well, and the refusal. */
async function untilRefused<T>(ask: () => Promise<T>, isRefused: (answer: T) => boolean, most = 60) {
  for (let granted = 0; granted < most; granted++) {
    const answer = await ask();
    if (isRefused(answer)) return { granted, answer };
  }
  throw new Error(`never refused in ${most}`);
}
const isAnError = (answer: Answer) => !answer.ok;

describe.each(DOORS)('the door %s', (door) => {
  it('lets so many handshakes of one address in, whatever address it claims, and others meanwhile', async () => {
    const before = await limited('handshakes_address');
    const address = freshAddress();
    let forged = 0;
    const knock = async () => {
      forged++;
      const entered = await strangerFrom(`10.6.6.${forged}, ${address}`, url)
        .enter(door)
        .catch((error: unknown) => error);
      if (entered instanceof Error) return strangerFrom(address, url).knock(door);
      (entered as { wire: { close(): void } }).wire.close();
      return null;
    };
    const { granted, answer } = await untilRefused(knock, (told) => told !== null);
    expect(granted).toBeGreaterThanOrEqual(Number(SMALL.HANDSHAKE_BURST));
    expect(answer).toMatchObject({ status: 429, code: 'RATE_LIMITED', retryAfter: '1' });
    expect(await stranger().knock(door)).toMatchObject({ code: null });
    expect(await limited('handshakes_address')).toBeGreaterThan(before);
    await eventually(
      () => strangerFrom(address, url).knock(door),
      ({ code }) => code === null,
    );
  });

  it('holds so many connections of one address; one that ends makes room', async () => {
    const client = stranger();
    const held: Entered[] = [];
    for (let n = 0; n < Number(SMALL.CONNECTIONS_PER_ADDRESS); n++) held.push(await client.enter(door));
    expect(await client.knock(door)).toMatchObject({ status: 429, code: 'RATE_LIMITED', retryAfter: '5' });
    expect(await limited('connections_address')).toBeGreaterThan(0);
    expect(await stranger().knock(door)).toMatchObject({ code: null });
    held[0]?.wire.close();
    await eventually(
      () => client.knock(door),
      ({ code }) => code === null,
    );
    for (const { wire } of held) wire.close();
  });

  it('holds so many connections of one user, wherever from; one that ends makes room', async () => {
    const { roomId, token } = await newRoom();
    const held: Entered[] = [];
    for (let n = 0; n < Number(SMALL.CONNECTIONS_PER_USER); n++) {
      const entered = await stranger().enter(door);
      expect(await entered.ask('join', { roomId, token })).toMatchObject({ ok: true });
      held.push(entered);
    }
    const comeToo = async () => {
      const late = await stranger().enter(door);
      const answer = await late.ask('join', { roomId, token });
      late.wire.close();
      return answer;
    };
    expect(await comeToo()).toMatchObject(REFUSED);
    expect(await limited('connections_user')).toBeGreaterThan(0);
    held[0]?.wire.close();
    await eventually(comeToo, ({ ok }) => ok);
    for (const { wire } of held) wire.close();
  });

  it('takes so many messages of a user in a room, by REST as well; the others go on', async () => {
    const { roomId, token } = await newRoom();
    const abuser = await stranger().enter(door);
    await abuser.ask('join', { roomId, token });
    const friend = await stranger().enter(door);
    expect(await friend.ask('join', { roomId, token: `friend ${door}` })).toMatchObject({ ok: true });

    const { granted, answer } = await untilRefused(() => abuser.ask('msg', { roomId, text: 'x' }), isAnError);
    expect(granted).toBeGreaterThanOrEqual(Number(SMALL.MESSAGE_BURST));
    expect(answer).toMatchObject(REFUSED);
    const body = { text: 'by REST' };
    const send = () => stranger().call(`/api/rooms/${roomId}/messages`, { method: 'POST', token, body });
    expect((await untilRefused(send, ({ code }) => code !== null)).answer).toMatchObject({
      status: 429,
      code: 'RATE_LIMITED',
      retryAfter: '1',
      body: { error: { details: { retryable: true, retryAfterMs: expect.any(Number) } } },
    });
    expect(await friend.ask('msg', { roomId, text: 'still here' })).toMatchObject({ ok: true });
    await eventually(
      () => abuser.heard.some(({ payload }) => (payload as { text?: string }).text === 'still here'),
      (isHeard) => isHeard,
    );
    expect(await limited('messages_room')).toBeGreaterThan(0);
    await abuser.askUntilGranted('msg', { roomId, text: 'again' });
    abuser.wire.close();
    friend.wire.close();
  });

  it('takes so many requests of a connection, and so many joins of a user over all connections', async () => {
    const { roomId, token } = await newRoom();
    const [one, other] = [await stranger().enter(door), await stranger().enter(door)];
    for (const { ask } of [one, other]) await ask('join', { roomId, token });
    const answers = await Promise.all(Array.from({ length: 16 }, () => one.ask('ping', {})));
    expect(answers.at(-1)).toMatchObject(REFUSED);
    expect(answers.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(Number(SMALL.REQUEST_BURST) - 1);
    expect(await limited('requests_connection')).toBeGreaterThan(0);

    const joins = await Promise.all(Array.from({ length: 9 }, () => other.ask('join', { roomId })));
    expect(joins.at(-1)).toMatchObject(REFUSED);
    expect(await limited('joins_user')).toBeGreaterThan(0);
    const next = await newRoom();
    const somebody = await stranger().enter(door);
    expect(await somebody.ask('join', { roomId, token: next.token })).toMatchObject({ ok: true });
    for (const { askUntilGranted } of [one, other]) await askUntilGranted('join', { roomId });
    for (const { wire } of [one, other, somebody]) wire.close();
  });

  it('takes so many new names of one address; a token of before still gets in', async () => {
    const { roomId, token } = await newRoom();
    const client = stranger();
    let guests = 0;
    const join = async () => {
      guests++;
      const { ask, wire } = await client.enter(door);
      const answer = await ask('join', { roomId, token: `guest ${door} ${guests}` });
      wire.close();
      return answer;
    };
    const { granted, answer } = await untilRefused(join, isAnError);
    expect(granted).toBe(Number(SMALL.NAMES_PER_MINUTE));
    expect(answer).toMatchObject(REFUSED);
    expect(await client.call('/api/sessions', { method: 'POST', body: { name: 'one more' } })).toMatchObject({
      status: 429,
      code: 'RATE_LIMITED',
    });
    expect(await limited('names_address')).toBeGreaterThan(0);
    const known = await client.enter(door);
    expect(await known.ask('join', { roomId, token })).toMatchObject({ ok: true });
    known.wire.close();
  });

  it('cuts a connection that does not listen to refusals, and nobody else', async () => {
    const { roomId, token } = await newRoom();
    const friend = await stranger().enter(door);
    await friend.ask('join', { roomId, token });
    const abuser = await stranger().enter(door);
    await abuser.ask('join', { roomId, token: `flood ${door}` });
    const before = await limited('frames_connection');
    for (let n = 0; n < 500; n++) abuser.wire.emit('ping', {});
    await eventually(
      () => abuser.closed[0],
      (reason) => reason === (door === 'websocket' ? '4429' : 'transport close'),
    );
    expect(await limited('frames_connection')).toBe(before + 1);
    expect(await friend.ask('msg', { roomId, text: 'still here' })).toMatchObject({ ok: true });
    friend.wire.close();
  });
});

describe('REST', () => {
  it('answers so many requests of one address, whatever address it claims, and others meanwhile', async () => {
    const address = freshAddress();
    let forged = 0;
    const ask = () => {
      forged++;
      return strangerFrom(`10.7.7.${forged}, ${address}`, url).call('/api/errors');
    };
    const { granted, answer } = await untilRefused(ask, ({ code }) => code !== null);
    expect(granted).toBeGreaterThanOrEqual(Number(SMALL.HTTP_BURST));
    expect(answer).toMatchObject({
      status: 429,
      retryAfter: '1',
      body: { success: false, error: { code: 'RATE_LIMITED', details: { retryAfterMs: expect.any(Number) } } },
    });
    expect(await limited('requests_address')).toBeGreaterThan(0);
    expect((await stranger().call('/api/errors')).status).toBe(200);
    expect((await strangerFrom(address, url).call('/health/live')).status).toBe(200);
    await eventually(ask, ({ status }) => status === 200);
  });

  it('makes so many rooms for one address a minute, and for one user a day', async () => {
    const make = { method: 'POST', body: { creatorName: '건축가' } };
    const client = stranger();
    const { granted, answer } = await untilRefused(
      () => client.call('/api/rooms', make),
      ({ code }) => code !== null,
    );
    expect(granted).toBe(Number(SMALL.ROOMS_PER_MINUTE));
    expect(answer).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    expect(Number(answer.retryAfter)).toBeGreaterThan(1);
    expect(await limited('rooms_address')).toBeGreaterThan(0);

    const { token } = await newRoom();
    const asUser = () => stranger().call('/api/rooms', { method: 'POST', token, body: {} });
    const ofUser = await untilRefused(asUser, ({ code }) => code !== null);
    expect(ofUser.granted).toBe(Number(SMALL.ROOMS_PER_USER));
    expect(await limited('rooms_user')).toBeGreaterThan(0);
  });
});

it('a ping flood of the WebSocket protocol is cut as any other', async () => {
  const told = await stranger().knock('websocket');
  const { ws } = told as { ws?: WebSocket };
  const closed = new Promise((resolve) => ws?.once('close', resolve));
  for (let n = 0; n < 200; n++) ws?.ping('x'.repeat(100));
  expect(await closed).toBe(4429);
});
