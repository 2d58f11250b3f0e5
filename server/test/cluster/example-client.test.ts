/** The example client of PROTOCOL.md does what it says: from a terminal, and over a connection that breaks. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, connect as dial, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, inject, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { createRoom } from '../support/rest.ts';

const EXAMPLES = new URL('../../examples/', import.meta.url);
const { urls } = inject('cluster');
const [first = '', second = ''] = urls;
const endings: (() => void)[] = [];

afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** Somebody at a terminal: what is on the screen, and a keyboard. */
function person(roomId: string, name: string, wsUrl: string) {
  const program = fileURLToPath(new URL('chat.mjs', EXAMPLES));
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [program, roomId, name, wsUrl]);
  endings.push(() => child.kill());
  const screen: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => screen.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => screen.push(`! ${line}`));
  const shows = (isGood: (line: string) => boolean) =>
    eventually(
      () => screen,
      (lines) => lines.some(isGood),
      20_000,
    );
  const sees = (line: string) => shows((shown) => shown === line);
  const isIn = () => shows((shown) => shown.startsWith(`* ${name} is in; online: `));
  return { screen, shows, sees, isIn, types: (line: string) => child.stdin.write(`${line}\n`) };
}

const wsOf = (url: string) => `${url.replace('http', 'ws')}/ws`;
const messagesOn = (screen: readonly string[]) => screen.filter((line) => !line.startsWith('* '));

/** A way to a node that can be cut. */
async function cuttableWay(target: string): Promise<{ wsUrl: string; cut(): void }> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const way = createServer((client) => {
    const node = dial(Number(port), hostname);
    for (const [socket, other] of [
      [client, node],
      [node, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => undefined).on('close', () => other.destroy());
    }
    client.pipe(node).pipe(client);
  });
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
  endings.push(() => way.close());
  const address = way.address();
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  endings.push(cut);
  return { wsUrl: `ws://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/ws`, cut };
}

test('two people at terminals chat with each other through two nodes', async () => {
  const { roomId } = await createRoom(first, '방장');
  const mina = person(roomId, '미나-터미널', wsOf(first));
  await mina.isIn();
  const juno = person(roomId, '준호-터미널', wsOf(second));
  await juno.isIn();

  mina.types('안녕 👋');
  await juno.sees('미나-터미널: 안녕 👋');
  juno.types('반가워');
  await mina.sees('준호-터미널: 반가워');
  await juno.sees('준호-터미널: 반가워');

  expect(messagesOn(mina.screen)).toEqual(messagesOn(juno.screen));
});

test('what was said while the connection was broken comes once and in order', async () => {
  const { roomId } = await createRoom(first, '방장');
  const way = await cuttableWay(first);
  const away = person(roomId, '끊긴-사람', way.wsUrl);
  await away.isIn();
  const other = person(roomId, '남은-사람', wsOf(second));
  await other.isIn();
  other.types('one');
  await away.sees('남은-사람: one');

  way.cut();
  away.types('typed while away');
  for (const text of ['two', 'three', 'four']) other.types(text);
  await away.sees('남은-사람: four');
  await other.sees('끊긴-사람: typed while away');
  await away.sees('끊긴-사람: typed while away');

  const screens = [messagesOn(away.screen), messagesOn(other.screen)];
  expect(screens[0]).toEqual(screens[1]);
  expect(new Set(screens[0]).size).toBe(5);
});

test('a room that does not exist is told, and the program ends', async () => {
  const lost = person('zzzzzzzz', '길잃은-사람', wsOf(first));

  await lost.sees('* 방을 찾을 수 없습니다');
  await lost.shows((line) => /^\* closed \(\d+\)$/.test(line));
  expect(messagesOn(lost.screen)).toEqual([]);
});

test('the client is as short as it says', () => {
  const lines = readFileSync(new URL('chat-client.mjs', EXAMPLES), 'utf8').trimEnd().split('\n');

  expect(lines.length).toBeLessThanOrEqual(60);
});
