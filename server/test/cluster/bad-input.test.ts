/** What nobody should send: a typed error for that client, the node lives, nothing is stored. */
import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { SignJWT } from 'jose';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { ERRORS } from '../../src/protocol/index.ts';
import { TEST_JWT_SECRET } from '../support/chat-node.ts';
import { openAdmin } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { gatherPeople } from '../support/people.ts';
import { callApi, createRoom } from '../support/rest.ts';
import { type Door, openWire, type Wire } from '../support/wire.ts';

const { urls, redisUrl } = inject('cluster');
const [url = ''] = urls;
const admin: Redis = openAdmin(redisUrl);
afterAll(() => admin.disconnect());

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const BAD_IDS = [
  'abc:defg',
  'abc*defg',
  '{abcdefg',
  'abcdefg}',
  'abc\u0000efg',
  'ABCDEFGH',
  'short',
  'muchtoolong',
  '',
  '방방방방방방방방',
];

/** Payloads of `msg` and `join` that no schema passes. */
function badPayloads(roomId: string): [string, unknown][] {
  const many = { roomId, text: 'x', clientMsgId: 'ok', extra: 1 };
  const texts = ['', 5, null, {}, [], true].map((text) => ({ roomId, text }));
  const ids = ['', 'with space', 'x'.repeat(65), 'ko한', 7, null].map((clientMsgId) => ({
    roomId,
    text: 'x',
    clientMsgId,
  }));
  const sinces = ['', 'x'.repeat(41), 'a:b', 5].map((since) => ({ roomId, text: 'x', since }));
  const rooms = [...BAD_IDS, 5, null, {}].map((bad) => ({ roomId: bad, text: 'x' }));
  const messages = [many, ...texts, ...ids, ...sinces, ...rooms, null, 5, 'text', [], true];
  const joins = [
    ...BAD_IDS.map((bad) => ({ roomId: bad })),
    { roomId, after: 'a:b' },
    { roomId, after: 5 },
    { roomId, x: 1 },
    null,
    {},
  ];
  const reads = [{ roomId, seq: -1 }, { roomId, seq: 1.5 }, { roomId, seq: '1' }, { roomId }];
  const pages = [{ roomId, limit: 0 }, { roomId, limit: 101 }, { roomId, before: '{}' }, {}];
  return [
    ...messages.map((payload): [string, unknown] => ['msg', payload]),
    ...joins.map((payload): [string, unknown] => ['join', payload]),
    ...reads.map((payload): [string, unknown] => ['read', payload]),
    ...pages.map((payload): [string, unknown] => ['history', payload]),
    ...['ping', 'leave', 'typing'].map((name): [string, unknown] => [name, { roomId: 'x', y: 1 }]),
  ];
}

/** All keys and their contents that stay: presence and sessions renew themselves. */
async function stored(): Promise<string[]> {
  const keys = (await admin.keys('*')).filter(
    (key) => !/^(presence:|name:|user:.*:(presence|session|conns|pending)$)/.test(key),
  );
  return Promise.all(keys.sort().map(async (key) => `${key} ${(await admin.dump(key))?.length}`));
}

async function joinedWire(door: Door) {
  const people = gatherPeople();
  const { roomId, token } = await createRoom(url, people.nameOf('방장'));
  const heard: [string, unknown][] = [];
  const wire = await openWire({
    url,
    door,
    token,
    onEvent: (event, payload) => heard.push([event, payload]),
    onClose: () => undefined,
  });
  const ask = (name: string, payload: unknown) => answerOf(wire, name, payload);
  expect(await ask('join', { roomId, token })).toMatchObject({ ok: true });
  return { roomId, token, wire, heard, ask };
}

function answerOf(wire: Wire, name: string, payload: unknown): Promise<{ ok: boolean; error?: { code: string } }> {
  return new Promise((resolve) => wire.request(name, payload as object, resolve));
}

describe.each(['socketio', 'websocket'] as const)('the door %s of a real node', (door) => {
  it('answers every bad payload with VALIDATION_FAILED and stores nothing', async () => {
    const { roomId, wire, ask } = await joinedWire(door);
    const before = await stored();
    for (const [name, payload] of badPayloads(roomId)) {
      // On /ws the fields stand in the frame itself: what is no object cannot be said there.
      if (door === 'websocket' && (typeof payload !== 'object' || payload === null || Array.isArray(payload))) continue;
      const answer = await ask(name, payload);
      expect({ name, payload: JSON.stringify(payload).slice(0, 80), answer }).toMatchObject({
        answer: { ok: false, error: { code: 'VALIDATION_FAILED', retryable: false } },
      });
    }
    expect(await stored()).toEqual(before);
    expect(await ask('ping', {})).toEqual({ ok: true, data: { node: expect.any(String) } });
    wire.close();
  });

  it('answers what is well-formed and wrong with its own code', async () => {
    const { roomId, wire, ask } = await joinedWire(door);
    const before = await stored();
    const other = await createRoom(url, gatherPeople().nameOf('남'));
    expect(await ask('join', { roomId: 'zzzzzzzz' })).toMatchObject({ error: { code: 'ROOM_NOT_FOUND' } });
    expect(await ask('msg', { roomId: 'zzzzzzzz', text: 'x' })).toMatchObject({ error: { code: 'ROOM_NOT_FOUND' } });
    expect(await ask('msg', { roomId: other.roomId, text: 'x' })).toMatchObject({ error: { code: 'NOT_A_MEMBER' } });
    expect(await ask('msg', { roomId, text: '가'.repeat(4_001) })).toMatchObject({
      error: { code: 'MESSAGE_TOO_LONG' },
    });
    expect(await ask('no_such_request', { roomId })).toMatchObject({ error: { code: 'VALIDATION_FAILED' } });
    for (const name of ['__proto__', 'constructor', 'toString'])
      expect(await ask(name, {})).toMatchObject({ ok: false });
    const kept = (await stored()).filter((entry) => !entry.includes(other.roomId) && !entry.includes(other.userId));
    expect(kept.filter((entry) => !/^quota/.test(entry))).toEqual(before.filter((entry) => !/^quota/.test(entry)));
    expect(wire.isOpen()).toBe(true);
    wire.close();
  });

  it('tells failures without a callback or id by `error`, and stays open', async () => {
    const { roomId, wire, heard, ask } = await joinedWire(door);
    wire.emit('msg', { roomId, text: '' });
    wire.emit('no_such_request', { roomId });
    wire.emit('ping', {});
    await eventually(
      () => heard.length,
      (count) => count >= 3,
    );
    await ask('ping', {});
    // Requests run side by side: their failures come in any order.
    expect(heard).toHaveLength(3);
    expect(heard).toContainEqual(['pong', {}]);
    expect(heard).toContainEqual(['error', expect.objectContaining({ code: 'VALIDATION_FAILED', re: 'msg', roomId })]);
    expect(heard).toContainEqual([
      'error',
      expect.objectContaining({ code: 'VALIDATION_FAILED', re: 'no_such_request' }),
    ]);
    wire.close();
  });

  it('refuses a token that is missing, forged or expired', async () => {
    const { roomId, token } = await createRoom(url, gatherPeople().nameOf('방장'));
    const key = new TextEncoder().encode(TEST_JWT_SECRET);
    const claims = new SignJWT({ sid: 'x' }).setProtectedHeader({ alg: 'HS256' }).setSubject('누구');
    const expired = await claims.setIssuedAt(1).setExpirationTime(2).sign(key);
    const forged = `${token.slice(0, -4)}AAAA`;
    const cases = [
      [undefined, 'UNAUTHORIZED'],
      [forged, 'UNAUTHORIZED'],
      [expired, 'SESSION_EXPIRED'],
      ['1:*', 'VALIDATION_FAILED'],
    ] as const;
    for (const [bad, code] of cases) {
      const wire = await openWire({ url, door, onEvent: () => undefined, onClose: () => undefined });
      const answer = await answerOf(wire, 'join', { roomId, ...(bad === undefined ? {} : { token: bad }) });
      expect({ bad, answer }).toMatchObject({ bad, answer: { ok: false, error: { code } } });
      wire.cut();
    }
  });
});

describe('raw frames on /ws', () => {
  const frames = [
    '',
    'not json',
    '{',
    '[]',
    'null',
    '5',
    '"t"',
    '{}',
    '{"t":5}',
    '{"t":null}',
    '{"t":"msg","id":{}}',
    '{"t":"ack"}',
    deep(5_000),
    '{"t":"error"}',
  ];

  it('answers broken ones with VALIDATION_FAILED and stays open', async () => {
    const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`);
    await once(ws, 'open');
    for (const frame of frames) {
      const heard = once(ws, 'message');
      ws.send(frame);
      const [data] = await heard;
      expect({ frame: frame.slice(0, 20), got: JSON.parse(String(data)) }).toMatchObject({
        got: { t: 'error', code: 'VALIDATION_FAILED' },
      });
    }
    ws.terminate();
  });

  it('closes with the documented code for a binary frame and for one beyond 64 KiB', async () => {
    for (const [frame, code] of [
      [Buffer.from([1, 2, 3]), 1003],
      ['x'.repeat(65 * 1024), 1009],
    ] as const) {
      const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`);
      ws.on('error', () => undefined);
      await once(ws, 'open');
      const closed = once(ws, 'close');
      ws.send(frame);
      expect((await closed)[0]).toBe(code);
    }
  });
});

describe('a payload nested 5 000 deep', () => {
  /** Sends each frame once what came before it was answered; the last answer. */
  async function converse(path: string, steps: readonly { send: string; until: string }[]): Promise<string> {
    const ws = new WebSocket(`${url.replace('http', 'ws')}${path}`);
    const got: string[] = [];
    ws.on('message', (data) => got.push(String(data)));
    ws.on('error', () => undefined);
    ws.on('close', () => got.push('closed'));
    await once(ws, 'open');
    let answer = '';
    for (const { send, until } of steps) {
      ws.send(send);
      const all = await eventually(
        () => got,
        (texts) => texts.some((text) => text.startsWith(until)),
      );
      answer = all.find((text) => text.startsWith(until)) ?? '';
    }
    ws.terminate();
    return answer;
  }

  it('is answered with VALIDATION_FAILED on /ws', async () => {
    for (const field of ['roomId', 'token', 'x']) {
      const send = `{"t":"join","id":1,"${field}":${deep(5_000)}}`;
      expect(await converse('/ws', [{ send, until: '{"t":"ack"' }])).toContain('VALIDATION_FAILED');
    }
  });

  it('is answered with VALIDATION_FAILED on Socket.IO; as a whole packet it ends that connection only', async () => {
    const path = '/socket.io/?EIO=4&transport=websocket';
    const enter = { send: '40', until: '40' };
    for (const payload of [deep(5_000), `{"roomId":${deep(5_000)}}`]) {
      const ask = { send: `421["join",${payload}]`, until: '431' };
      expect(await converse(path, [enter, ask])).toContain('VALIDATION_FAILED');
    }
    expect(await converse(path, [enter, { send: `42${deep(5_000)}`, until: 'closed' }])).toBe('closed');
  });
});

describe('REST', () => {
  it('answers in the envelope, whatever comes', async () => {
    const post = (body: string, path = '/api/rooms') =>
      fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const cases: [Promise<Response>, number][] = [
      [post('{"creatorName":'), 400],
      [post('null'), 400],
      [post('{"creatorName":"a","x":1}'), 400],
      [post('{"creatorName":"1:*"}'), 400],
      [post(`{"creatorName":${deep(5_000)}}`), 400],
      [post(`{"creatorName":"${'x'.repeat(70_000)}"}`), 413],
      [post('{}', '/api/nowhere'), 404],
      [fetch(`${url}/api/rooms`, { method: 'DELETE' }), 405],
      [fetch(`${url}/api/rooms/zzzzzzzz`), 404],
      [fetch(`${url}/api/rooms/AB*:{}`), 400],
      [fetch(`${url}/api/rooms/zzzzzzzz/messages`), 401],
    ];
    for (const [request, status] of cases) {
      const answer = await request;
      expect([answer.url, answer.status]).toEqual([answer.url, status]);
      const body: unknown = await answer.json();
      expect(body).toMatchObject({ success: false, data: null, error: { message: expect.any(String) } });
      expect(Object.keys(ERRORS)).toContain((body as { error: { code: string } }).error.code);
    }
  });

  it('survives a body of 10 MB', async () => {
    const huge = fetch(`${url}/api/rooms`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: 'x'.repeat(10 * 1024 * 1024),
    });
    // The node may cut an upload that it has refused already.
    const status = await huge.then(
      (answer) => answer.status,
      () => 'cut',
    );
    expect([413, 'cut']).toContain(status);
    for (const node of urls) expect((await callApi(`${node}/api/rooms/zzzzzzzz`)).status).toBe(404);
  });
});
