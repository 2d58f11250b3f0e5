import { expect, test } from 'vitest';
import { createMemoryStorage, type Outgoing } from '../../src/net/client.ts';
import { startClient, startServer } from './support/chat.ts';
import type { ClientFrame, Connection, ScriptedServer } from './support/scripted-server.ts';
import { eventually, until } from './support/until.ts';

const ROOM = 'abc12345';

const sentSeqs = (messages: Outgoing[]) =>
  Promise.all(messages.map(({ settled }) => settled)).then((outcomes) =>
    outcomes.map((outcome) => (outcome.status === 'sent' ? outcome.seq : outcome.status)),
  );

function refuse(server: ScriptedServer, connection: Connection, refusal: { frame: ClientFrame; error: object }): void {
  const error = { message: '', retryable: true, ...refusal.error };
  server.send(connection, { t: 'ack', id: refusal.frame.id, ok: false, error });
}

test('a message appears at once, is sent, and moves over to the timeline', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  const sent = room.send('안녕');
  expect(room.pending.value).toEqual([sent]);
  expect(['waiting', 'sending']).toContain(sent.state.value.status);
  await expect(sent.settled).resolves.toMatchObject({ status: 'sent', seq: 1 });
  await until(room.timeline, (messages) => messages.length === 1);
  expect(room.pending.value).toEqual([]);
  expect(room.timeline.value[0]).toMatchObject({ text: '안녕', clientMsgId: sent.clientMsgId });
  expect(sent.clientMsgId).toMatch(/^[A-Za-z0-9_-]{22}$/);
});

test.each(['before it is stored', 'before the answer', 'after the answer'])(
  'a connection cut %s neither loses, doubles nor reorders',
  async (moment) => {
    const server = await startServer();
    const room = await startClient(server.url).join(ROOM);
    let cuts = 0;
    server.script = (connection, frame, usual) => {
      const isCut = frame.t === 'msg' && cuts < 10 && server.count('msg') % 2 === 1;
      if (!isCut) return usual();
      cuts += 1;
      if (moment === 'before the answer')
        server.room(ROOM).append(connection.user, String(frame.text), String(frame.clientMsgId));
      if (moment === 'after the answer') usual();
      if (moment === 'after the answer') connection.socket.close(4003);
      else connection.socket.terminate();
    };
    const messages = Array.from({ length: 10 }, (_, index) => room.send(`text ${index}`));
    expect(await sentSeqs(messages)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await until(room.timeline, (timeline) => timeline.length === 10);
    expect(server.room(ROOM).log.map(({ text }) => text)).toEqual(messages.map(({ text }) => text));
  },
);

test('a repeat carries the same clientMsgId and the position of the first try', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  server.say(ROOM, 'user2', 'one');
  await until(room.timeline, (messages) => messages.length === 1);
  server.script = (connection, frame, usual) => {
    if (frame.t !== 'msg' || connection.number > 1) return usual();
    server.room(ROOM).append('user2', 'two');
    connection.socket.terminate();
  };
  await room.send('mine').settled;
  const [first, second] = server.frames.filter(({ t }) => t === 'msg');
  expect(second).toMatchObject({ clientMsgId: first?.clientMsgId, since: first?.since, text: 'mine' });
  expect(first?.since).toBe(server.room(ROOM).idOf(1));
});

test.each(['RATE_LIMITED', 'SERVICE_UNAVAILABLE', 'OVERLOADED'])(
  '%s is waited out and never changes the order',
  async (code) => {
    const server = await startServer();
    const room = await startClient(server.url).join(ROOM);
    server.script = (connection, frame, usual) => {
      if (frame.t === 'msg' && server.count('msg') <= 3)
        refuse(server, connection, { frame, error: { code, retryAfterMs: 5 } });
      else usual();
    };
    expect(await sentSeqs([room.send('a'), room.send('b'), room.send('c')])).toEqual([1, 2, 3]);
    expect(server.room(ROOM).log.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  },
);

test('a refusal fails its message alone, and sending again after RETRY_TOO_OLD is a new message', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  server.script = (connection, frame, usual) => {
    if (frame.t === 'msg' && server.count('msg') === 1)
      refuse(server, connection, { frame, error: { code: 'RETRY_TOO_OLD', retryable: false } });
    else usual();
  };
  const old = room.send('old');
  const next = room.send('next');
  await expect(old.settled).resolves.toMatchObject({ status: 'failed', error: { code: 'RETRY_TOO_OLD' } });
  await expect(next.settled).resolves.toMatchObject({ status: 'sent', seq: 1 });
  const firstId = old.clientMsgId;
  old.retry();
  await until(old.state, ({ status }) => status === 'sent');
  expect(old.clientMsgId).not.toBe(firstId);
  await until(room.timeline, (messages) => messages.length === 2);
  expect(room.pending.value).toEqual([]);
});

test('an INTERNAL error that stays does not block what comes behind', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  server.script = (connection, frame, usual) => {
    if (frame.text === 'poison') refuse(server, connection, { frame, error: { code: 'INTERNAL' } });
    else usual();
  };
  const poison = room.send('poison');
  const next = room.send('next');
  await expect(poison.settled).resolves.toMatchObject({ status: 'failed', error: { code: 'INTERNAL' } });
  await expect(next.settled).resolves.toMatchObject({ status: 'sent' });
});

test('what is written while offline is sent in order once the server is back', async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const room = await client.join(ROOM);
  server.refuseHandshakes = 5;
  server.cutAll();
  await until(client.state, ({ status }) => status === 'offline');
  const messages = ['a', 'b', 'c'].map((text) => room.send(text));
  expect(await sentSeqs(messages)).toEqual([1, 2, 3]);
});

test('the outbox survives: another client with the same storage sends what is left, under the same id', async () => {
  const server = await startServer();
  const storage = createMemoryStorage();
  const first = startClient(server.url, { storage });
  const room = await first.join(ROOM);
  server.script = (connection, frame, usual) => {
    if (frame.t !== 'msg') return usual();
    server.room(ROOM).append(connection.user, String(frame.text), String(frame.clientMsgId));
    first.close();
  };
  const lost = room.send('once');
  await expect(lost.settled).resolves.toEqual({ status: 'waiting' });
  server.script = (_connection, _frame, usual) => usual();
  const again = await startClient(server.url, { storage }).join(ROOM);
  await eventually(
    () => server.count('msg') === 2 && again.pending.value.every(({ state }) => state.value.status === 'sent'),
    'sent again',
  );
  expect(server.room(ROOM).log.map(({ text }) => text)).toEqual(['once']);
  expect(await storage.load()).toEqual([]);
});

test('a message tried under another name, or kept too long, asks before it is sent', async () => {
  const server = await startServer();
  const storage = createMemoryStorage();
  const common = { roomId: ROOM, text: 'x', since: 'e.00000001-0' };
  await storage.put({ ...common, order: 1, clientMsgId: 'a', createdAtMs: Date.now(), triedAs: 'somebody' });
  await storage.put({ ...common, order: 2, clientMsgId: 'b', createdAtMs: Date.now() - 13 * 3_600_000 });
  const room = await startClient(server.url, { storage }).join(ROOM);
  await until(room.pending, (all) => all.length === 2, 'both');
  const [one, two] = room.pending.value;
  if (!one || !two) throw new Error('both are pending');
  expect(await until(one.state, ({ status }) => status === 'failed')).toMatchObject({
    error: { code: 'IDENTITY_CHANGED' },
  });
  expect(await until(two.state, ({ status }) => status === 'failed')).toMatchObject({
    error: { code: 'OUTBOX_EXPIRED' },
  });
  expect(server.count('msg')).toBe(0);
  expect(one.discard()).toBe(true);
  expect(room.pending.value).toEqual([two]);
});

test('the outbox is bounded and says so', async () => {
  const server = await startServer();
  const client = startClient(server.url, { outboxLimits: { messages: 2 } });
  server.script = () => undefined;
  const room = client.room(ROOM);
  const [first, , third] = [room.send('1'), room.send('2'), room.send('3')];
  expect(third.state.value).toMatchObject({ status: 'failed', error: { code: 'OUTBOX_FULL' } });
  expect(first.state.value).toEqual({ status: 'waiting' });
});

test('an empty and an overlong text fail without being sent', async () => {
  const server = await startServer();
  const room = await startClient(server.url).join(ROOM);
  expect(room.send('').state.value).toMatchObject({ status: 'failed', error: { code: 'VALIDATION_FAILED' } });
  expect(room.send('가'.repeat(4001)).state.value).toMatchObject({
    status: 'failed',
    error: { code: 'MESSAGE_TOO_LONG' },
  });
  expect(server.count('msg')).toBe(0);
});

test('a send without an answer tells its caller by the deadline and is still sent later', async () => {
  const server = await startServer();
  const room = await startClient(server.url, { times: { requestTimeoutMs: 60 } }).join(ROOM);
  server.script = (_connection, frame, usual) => {
    if (frame.t !== 'msg' || server.count('msg') > 1) usual();
  };
  const sent = room.send('slow', { deadlineMs: 20 });
  await expect(sent.settled).resolves.toEqual({ status: 'waiting' });
  await until(sent.state, ({ status }) => status === 'sent');
});
