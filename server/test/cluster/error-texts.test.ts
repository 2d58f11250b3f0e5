/** The texts of errors on three nodes and a real PostgreSQL: changed for all within a second, told in the language of each. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { ERRORS, LOCALES } from '../../src/protocol/index.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { createTestPostgres, type TestPostgres } from '../support/postgres.ts';

/** The promise is one second; the rest is for a busy machine. */
const SOON_MS = 4_000;
const BUNDLED = ERRORS.ROOM_NOT_FOUND.texts;
const ABSENT = 'zzzzzzzz';

let postgres: TestPostgres;
let cluster: Cluster;
beforeAll(async () => {
  postgres = await createTestPostgres();
  cluster = await startCluster({ env: { DATABASE_URL: postgres.url } });
});
afterAll(async () => {
  await cluster.stop();
  await postgres.remove();
});

async function textsAt(url: string, language: string): Promise<unknown> {
  const answer = await fetch(`${url}/api/rooms/${ABSENT}`, { headers: { 'accept-language': language } });
  const { error } = (await answer.json()) as { error: { message: string; hint: string | null } };
  return { message: error.message, hint: error.hint };
}

async function everyNodeSays(language: string, text: { message: string; hint: string | null }): Promise<void> {
  const wanted = JSON.stringify(cluster.urls.map(() => text));
  await eventually(
    () => Promise.all(cluster.urls.map((url) => textsAt(url, language))),
    (texts) => JSON.stringify(texts) === wanted,
    SOON_MS,
  );
}

/** The `message` of a refused request on a connection that speaks this language. */
function askSocketio(url: string, options: { auth?: object; headers?: Record<string, string>; join?: object }) {
  const { auth = {}, headers = {}, join = {} } = options;
  const socket = io(url, { forceNew: true, transports: ['websocket'], auth, extraHeaders: headers });
  onTestFinished(() => void socket.close());
  const payload = { roomId: ABSENT, token: '손님', ...join };
  return new Promise((resolve) => socket.emit('join', payload, (answer: { error: object }) => resolve(answer.error)));
}

async function askWebsocket(url: string, { headers = {}, join = {} }: { headers?: object; join?: object }) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers: { ...headers } });
  onTestFinished(() => socket.close());
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify({ t: 'join', id: 1, roomId: ABSENT, token: '손님', ...join }));
  const answer = await new Promise((resolve) => socket.once('message', (data) => resolve(JSON.parse(String(data)))));
  return (answer as { error: object }).error;
}

const LAUNCHER = fileURLToPath(new URL('../../../deploy/local/c2c.mjs', import.meta.url));

/** Which source a node says its texts have. */
async function sourceOf(url: string): Promise<string> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return /c2c_catalogue_source\{[^}]*source="(\w+)"[^}]*\} 1/.exec(metrics)?.[1] ?? 'none';
}

describe('the texts of errors', () => {
  it('change on every node within a second of an UPDATE, for REST and both doors', async () => {
    await everyNodeSays('en', BUNDLED.en);
    await postgres.query(
      "UPDATE error_info SET message = 'Gone fishing', hint = NULL WHERE code = 'ROOM_NOT_FOUND' AND locale = 'en'",
    );
    await everyNodeSays('en', { message: 'Gone fishing', hint: null });
    await everyNodeSays('ko', BUNDLED.ko);
    const headers = { 'accept-language': 'en' };
    for (const url of cluster.urls) {
      expect(await askWebsocket(url, { headers })).toMatchObject({ message: 'Gone fishing' });
      expect(await askSocketio(url, { headers })).toMatchObject({ message: 'Gone fishing' });
    }
    expect(await Promise.all(cluster.urls.map(sourceOf))).toEqual(['postgres', 'postgres', 'postgres']);
    await postgres.query("DELETE FROM error_info WHERE code = 'ROOM_NOT_FOUND' AND locale = 'en'");
    await everyNodeSays('en', BUNDLED.en);
  });

  it('change by `npm run errors` as well', async () => {
    const text = ['--locale', 'ja', '--message', '部屋はありません'];
    const command = [LAUNCHER, 'errors', 'set', 'ROOM_NOT_FOUND', ...text, '--database', postgres.url];
    const { stdout } = await promisify(execFile)(process.execPath, command);
    expect(stdout).toContain('ROOM_NOT_FOUND in ja');
    await everyNodeSays('ja', { message: '部屋はありません', hint: BUNDLED.ja.hint });
    await postgres.query("DELETE FROM error_info WHERE code = 'ROOM_NOT_FOUND'");
    await everyNodeSays('ja', BUNDLED.ja);
  });

  it('are one document in each language, which is sent again only when it has changed', async () => {
    const [first = '', second = ''] = cluster.urls;
    const ask = (url: string, language: string, etag = '') =>
      fetch(`${url}/api/errors`, { headers: { 'accept-language': language, 'if-none-match': etag } });
    const tags = new Set<string>();
    for (const language of LOCALES) {
      const answer = await ask(first, language);
      const { data } = (await answer.json()) as { data: { locale: string; errors: { code: string }[] } };
      expect(data.locale).toBe(language);
      expect(data.errors.map(({ code }) => code)).toEqual(Object.keys(ERRORS));
      expect(answer.headers.get('vary')).toContain('Accept-Language');
      expect(answer.headers.get('content-language')).toBe(language);
      tags.add(answer.headers.get('etag') ?? '');
    }
    expect(tags.size).toBe(LOCALES.length);
    const [etag = ''] = tags;
    const again = await ask(second, 'ko', etag);
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    expect(again.headers.get('vary')).toContain('Accept-Language');
    expect((await ask(second, 'en', etag)).status).toBe(200);
    await postgres.query("UPDATE error_info SET message = '문제가 생겼어요' WHERE code = 'INTERNAL' AND locale = 'ko'");
    await eventually(
      async () => (await ask(second, 'ko', etag)).status,
      (status) => status === 200,
      SOON_MS,
    );
  });

  it('come in the language of the handshake, and in that of the join from there on', async () => {
    const [url = ''] = cluster.urls;
    const headers = { 'accept-language': 'ja;q=0.5, en;q=0.4' };
    expect(await askSocketio(url, {})).toMatchObject(BUNDLED.ko);
    expect(await askSocketio(url, { headers })).toMatchObject(BUNDLED.ja);
    expect(await askSocketio(url, { headers, auth: { locale: 'en-GB' } })).toMatchObject(BUNDLED.en);
    expect(await askSocketio(url, { headers, auth: { locale: 'en' }, join: { locale: 'ko' } })).toMatchObject(
      BUNDLED.ko,
    );
    expect(await askWebsocket(url, {})).toMatchObject(BUNDLED.ko);
    expect(await askWebsocket(url, { headers })).toMatchObject(BUNDLED.ja);
    expect(await askWebsocket(url, { headers, join: { locale: 'en' } })).toMatchObject(BUNDLED.en);
    const refused = await askWebsocket(url, { headers: { 'accept-language': 'en' }, join: { token: '#' } });
    expect(refused).toMatchObject({
      details: { fields: [{ path: 'token', message: expect.stringContaining('letters') }] },
    });
  });

  it('stay while PostgreSQL is away, and a node that starts then has those of the program', async () => {
    const [url = ''] = cluster.urls;
    await postgres.query(
      `INSERT INTO error_info (code, locale, message, hint) VALUES ('ROOM_NOT_FOUND', 'ko', '방이 없어요', '${BUNDLED.ko.hint}')`,
    );
    await everyNodeSays('ko', { message: '방이 없어요', hint: BUNDLED.ko.hint });
    await postgres.stop();
    const late = await cluster.addNode('n4');
    expect([await textsAt(late.url, 'ko'), await sourceOf(late.url)]).toEqual([BUNDLED.ko, 'bundled']);
    expect([await textsAt(url, 'ko'), await sourceOf(url)]).toEqual([
      { message: '방이 없어요', hint: BUNDLED.ko.hint },
      'postgres',
    ]);
    await postgres.start();
    await eventually(
      () => sourceOf(late.url),
      (source) => source === 'postgres',
      15_000,
    );
    await everyNodeSays('ko', { message: '방이 없어요', hint: BUNDLED.ko.hint });
  });
});
