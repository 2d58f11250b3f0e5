/** Both doors, through nginx and node to node: connect, join, chat, publish by hand. */
import { isReady } from '../services/node.ts';
import { type Check, Skipped } from './check.ts';
import { expect, textOf } from './expect.ts';
import { type IoClient, type World, within } from './world.ts';

const FROM_SOCKETIO = '안녕하세요 👋🏽 Socket.IO에서';
const FROM_RAW = '반갑습니다 🎉 /ws에서';
const TEST_PAYLOAD = { type: 'test', message: 'hello' };

function rawClient({ clients }: World) {
  const client = clients.raw.get('creator');
  if (client === undefined) throw new Error('an earlier line failed that this one depends on');
  return client;
}

function ioClient({ clients }: World, name: string): IoClient {
  const client = clients.io.get(name);
  if (client === undefined) throw new Error('an earlier line failed that this one depends on');
  return client;
}

/** Connects as a guest and joins; the client stays for the following lines. */
async function joinBySocketIo(
  world: World,
  { name, transports }: { name: string; transports: ('polling' | 'websocket')[] },
) {
  const client = await world.socketio({ transports });
  const roomId = world.kept('roomId');
  const answer = await client.ask('join', { roomId, token: `${name}-${process.pid}` });
  expect(answer.ok === true, 'ok: true', answer);
  const joined = answer.data as Record<string, unknown>;
  expect(typeof joined.token === 'string', 'a token for the guest', Object.keys(joined));
  world.clients.io.set(name, client);
  return client;
}

/** The first and the last node. Rejects where one that was named is away, and skips where there is no second one. */
async function twoNodes(nodeUrls: readonly string[]): Promise<[string, string]> {
  const isUp = await Promise.all(nodeUrls.map(isReady));
  const away = nodeUrls.filter((_, index) => isUp[index] !== true);
  if (away.length > 0) throw new Error(`these nodes do not answer: ${away.join(', ')}`);
  const [first, last] = [nodeUrls[0], nodeUrls.at(-1)];
  if (first === undefined || last === undefined) throw new Error('no node is known here; name two with --node <url>');
  if (first === last) throw new Skipped(`there is only one node, ${first}`);
  return [first, last];
}

export const chatChecks: readonly Check[] = [
  {
    title: '/ws: the creator connects and joins with the token',
    async check(world) {
      const client = await world.raw();
      client.send({ t: 'join', roomId: world.kept('roomId'), token: world.kept('token') });
      const joined = await client.heard('joined');
      expect(joined.me === world.kept('creator'), world.kept('creator'), joined);
      world.clients.raw.set('creator', client);
      return `position ${textOf(joined, 'position')}`;
    },
  },
  {
    title: 'Redis: after a join neither members nor meta has a TTL',
    async check({ redis, kept }) {
      const ttls = await Promise.all(['members', 'meta'].map((key) => redis.ttl(`room:${kept('roomId')}:${key}`)));
      expect(
        ttls.every((ttl) => ttl === -1),
        '-1 and -1',
        ttls,
      );
      return undefined;
    },
  },
  {
    title: 'Socket.IO: a guest joins with a plain name over WebSocket',
    async check(world) {
      await joinBySocketIo(world, { name: 'user2', transports: ['websocket'] });
      return undefined;
    },
  },
  {
    title: 'Socket.IO: one with polling only, without cookies',
    async check(world) {
      const { socket } = await joinBySocketIo(world, { name: 'poller', transports: ['polling'] });
      return `sid ${socket.io.engine.id?.split('.')[0]}.…`;
    },
  },
  {
    title: 'Socket.IO: one that begins with polling and upgrades',
    async check(world) {
      const client = await joinBySocketIo(world, { name: 'upgrader', transports: ['polling', 'websocket'] });
      const { engine } = client.socket.io;
      const upgraded = new Promise((resolve) => engine.once('upgrade', resolve));
      if (engine.transport.name !== 'websocket') await within(upgraded, 'the connection stays on polling');
      return undefined;
    },
  },
  {
    title: 'a message from Socket.IO reaches /ws and the others, Korean and emoji intact',
    async check(world) {
      const answer = await ioClient(world, 'user2').ask('msg', {
        roomId: world.kept('roomId'),
        text: FROM_SOCKETIO,
        clientMsgId: 'a1',
      });
      expect(answer.ok === true, 'ok: true', answer);
      const message = await rawClient(world).heard('msg', (event) => event.text === FROM_SOCKETIO);
      for (const name of ['user2', 'poller', 'upgrader']) {
        await ioClient(world, name).heard('msg', (payload) => payload.id === message.id);
      }
      return `seq ${message.seq}`;
    },
  },
  {
    title: 'a message from /ws reaches Socket.IO, and a repeat of it is not sent twice',
    async check(world) {
      const frame = { t: 'msg', roomId: world.kept('roomId'), text: FROM_RAW, clientMsgId: 'b1' };
      rawClient(world).send({ ...frame, id: 'first' });
      rawClient(world).send({ ...frame, id: 'again' });
      const again = await rawClient(world).heard('ack', (event) => event.id === 'again');
      const { duplicate } = (again.data ?? {}) as Record<string, unknown>;
      expect(duplicate === true, 'duplicate: true', again);
      const message = await ioClient(world, 'user2').heard('msg', (payload) => payload.text === FROM_RAW);
      return `seq ${message.seq}`;
    },
  },
  {
    title: 'a message goes from one node to another and back',
    async check(world) {
      const [first, last] = await twoNodes(world.place.nodeUrls);
      const here = await world.raw(first);
      const there = await world.raw(last);
      for (const [client, name] of [
        [here, 'here'],
        [there, 'there'],
      ] as const) {
        client.send({ t: 'join', roomId: world.kept('roomId'), token: `${name}-${process.pid}` });
        await client.heard('joined');
      }
      here.send({ t: 'msg', roomId: world.kept('roomId'), text: '이쪽에서 저쪽으로 🚀' });
      await there.heard('msg', (event) => event.text === '이쪽에서 저쪽으로 🚀');
      there.send({ t: 'msg', roomId: world.kept('roomId'), text: '저쪽에서 이쪽으로 ✅' });
      await here.heard('msg', (event) => event.text === '저쪽에서 이쪽으로 ✅');
      return `${first} and ${last}`;
    },
  },
  {
    title: `PUBLISH chan:{roomId} '${JSON.stringify(TEST_PAYLOAD)}' reaches both doors`,
    async check(world) {
      await world.redis.publish(`chan:${world.kept('roomId')}`, JSON.stringify(TEST_PAYLOAD));
      const expected = { roomId: world.kept('roomId'), message: 'hello' };
      const raw = await rawClient(world).heard('test');
      expect(raw.message === expected.message && raw.roomId === expected.roomId, 'roomId and message', raw);
      const payload = await ioClient(world, 'user2').heard('test', () => true);
      expect(payload.message === expected.message && payload.roomId === expected.roomId, 'roomId and message', payload);
      return undefined;
    },
  },
  {
    title: 'ping is answered with pong on both doors',
    async check(world) {
      rawClient(world).send({ t: 'ping' });
      await rawClient(world).heard('pong');
      const answer = await ioClient(world, 'user2').ask('ping', {});
      expect(answer.ok === true, 'ok: true', answer);
      return undefined;
    },
  },
  {
    title: 'history answers what was said, in order',
    async check(world) {
      const answer = await ioClient(world, 'poller').ask('history', { roomId: world.kept('roomId'), limit: 50 });
      const { messages } = (answer.data ?? {}) as { messages?: { seq: number; text: string }[] };
      const texts = messages?.map(({ text }) => text) ?? [];
      expect(texts.indexOf(FROM_SOCKETIO) === 0 && texts.indexOf(FROM_RAW) === 1, 'both messages in order', answer);
      return `${texts.length} messages`;
    },
  },
];
