import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { type App, createApp } from '../../src/model/app.ts';
import type { SharedStore } from '../../src/model/keep.ts';
import type { OwnRoom, RestClient } from '../../src/net/client.ts';
import { systemClock } from '../../src/net/platform.ts';
import { startClient, startServer } from '../net/support/chat.ts';
import type { ScriptedServer } from '../net/support/scripted-server.ts';
import { eventually } from '../net/support/until.ts';
import { openBrowser } from './support/tabs.ts';

const ROOM = 'abc12345';

/** A tab at `path`, on a server of its own or that of another tab. */
function openTab(
  path: string,
  { store, server, rooms = [] }: { store: SharedStore; server: ScriptedServer; rooms?: OwnRoom[] },
) {
  let here = path;
  const calls: string[] = [];
  const rest: RestClient = {
    async createRoom(name) {
      return { roomId: ROOM, userId: name, token: `eyJ.${name}.x`, inviteUrl: `http://x/r/${ROOM}#invite=s3cret` };
    },
    me: async () => ({ userId: '영희', rooms }),
    async logOut() {
      calls.push('logOut');
    },
  };
  const app = createApp({
    ...{ store, wanted: ['ko'], rest, clock: systemClock, isWatched: signal(true), isOnline: signal(true) },
    connect: (identity) => startClient(server.url, identity),
    forgetOutbox: async () => void calls.push('forgetOutbox'),
    address: {
      origin: 'http://x',
      read: () => here,
      go: (next) => {
        here = next;
      },
      subscribe: () => undefined,
    },
    board: { permission: signal('default' as const), ask: async () => undefined, show: () => undefined },
  });
  return { app, calls, here: () => here };
}

const kindOf = (app: App) => app.screen.value.kind;
const conversationOf = (app: App) => (app.screen.value.kind === 'room' ? app.screen.value.conversation : null);
const isLive = (app: App) => () => conversationOf(app)?.room.value.status === 'live';

test('a link asks for a name once; a second tab opens it and is in as the same person', async () => {
  const server = await startServer();
  const browser = openBrowser();
  const one = openTab(`/r/${ROOM}`, { store: browser.openTab(), server });
  expect(kindOf(one.app)).toBe('enter');
  one.app.enter('영희');
  await eventually(isLive(one.app), 'the first tab is in');
  expect(one.app.session.value).toEqual({ token: 'eyJ.영희.x', userId: '영희' });

  const two = openTab(`/r/${ROOM}`, { store: browser.openTab(), server });
  expect(kindOf(two.app)).toBe('room');
  await eventually(isLive(two.app), 'the second tab is in');
  expect(conversationOf(two.app)?.members.value).toEqual([{ userId: '영희', isOnline: true, isMe: true }]);
});

test('making a private room leads there, and its link carries the secret', async () => {
  const server = await startServer();
  server.creator = '영희';
  const { app, here } = openTab('/', { store: openBrowser().openTab(), server });
  expect(kindOf(app)).toBe('welcome');
  await app.createRoom({ name: '영희', title: '', isPrivate: true });
  expect(here()).toBe(`/r/${ROOM}#invite=s3cret`);
  expect(app.inviteLink.value).toBe(`http://x/r/${ROOM}#invite=s3cret`);
  await eventually(isLive(app), 'the room is open');
  expect(server.frames[0]).toMatchObject({ t: 'join', invite: 's3cret' });
  expect(conversationOf(app)?.isCreator.value).toBe(true);
});

test('rooms one is a member of are followed without being opened, and count what is new', async () => {
  const server = await startServer();
  const store = openBrowser().openTab();
  store.setItem('c2c.session', JSON.stringify({ known: { token: 'eyJ.영희.x', userId: '영희' } }));
  const rooms = [{ roomId: ROOM, title: '등산', seq: 3, readSeq: 1, memberCount: 2 }];
  const { app } = openTab('/', { store, server, rooms });
  expect(kindOf(app)).toBe('home');
  await eventually(() => app.rooms.unread.value === 2, 'what the server says is unread');
  await eventually(() => server.count('join') === 1, 'the room is followed');
  server.say(ROOM, '철수', '새 소식');
  await eventually(() => app.rooms.rooms.value[0]?.preview?.text === '새 소식', 'the list shows it');
});

test('whoever logs out is forgotten in every tab', async () => {
  const server = await startServer();
  const browser = openBrowser();
  const [one, two] = [
    openTab(`/r/${ROOM}`, { store: browser.openTab(), server }),
    openTab(`/r/${ROOM}`, { store: browser.openTab(), server }),
  ];
  one.app.enter('영희');
  await eventually(isLive(one.app), 'the first tab is in');
  await eventually(isLive(two.app), 'the second tab follows');
  conversationOf(two.app)?.composing.write('쓰던 글');
  await one.app.logOut();
  expect([kindOf(one.app), kindOf(two.app), two.app.rooms.rooms.value]).toEqual(['welcome', 'enter', []]);
  expect(one.calls).toEqual(['logOut', 'forgetOutbox']);
  expect([...browser.values.values()].join()).not.toContain('쓰던 글');
  await eventually(() => server.connections.size === 0, 'both connections end');
});

test('a session that has ended asks for the name again, and the rooms stay in the list', async () => {
  const server = await startServer();
  const { app } = openTab(`/r/${ROOM}`, { store: openBrowser().openTab(), server });
  app.enter('영희');
  await eventually(isLive(app), 'in');
  const error = { code: 'SESSION_EXPIRED', message: '', retryable: false };
  server.script = (connection, frame) => server.send(connection, { t: 'ack', id: frame.id, ok: false, error });
  server.cutAll();
  await eventually(() => kindOf(app) === 'enter', 'asked again');
  expect(app.screen.value).toMatchObject({ kind: 'enter', ended: 'expired' });
  expect(app.rooms.rooms.value).toMatchObject([{ roomId: ROOM, isMember: false }]);
});

test('a room that does not exist says so, and is in no list', async () => {
  const server = await startServer();
  const error = { code: 'ROOM_NOT_FOUND', message: '', retryable: false };
  server.script = (connection, frame) => server.send(connection, { t: 'ack', id: frame.id, ok: false, error });
  const { app } = openTab(`/r/${ROOM}`, { store: openBrowser().openTab(), server });
  app.enter('영희');
  await eventually(() => kindOf(app) === 'broken', 'told');
  expect(app.screen.value).toMatchObject({ why: 'not-found' });
  expect(app.rooms.rooms.value).toEqual([]);
});

test('leaving ends the membership and goes home', async () => {
  const server = await startServer();
  const { app, here } = openTab(`/r/${ROOM}`, { store: openBrowser().openTab(), server });
  app.enter('영희');
  await eventually(isLive(app), 'in');
  await app.leave();
  expect([server.count('leave'), here(), kindOf(app), app.rooms.rooms.value]).toEqual([1, '/', 'home', []]);
});

test('an address that means nothing leads nowhere', async () => {
  const server = await startServer();
  const { app } = openTab('/nowhere', { store: openBrowser().openTab(), server });
  expect(app.screen.value).toMatchObject({ kind: 'broken', why: 'not-found' });
});
