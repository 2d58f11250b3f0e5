import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { ErrorCatalogue } from '../../src/errors/catalogue.ts';
import { createPostgresCatalogue } from '../../src/errors/postgres-catalogue.ts';
import { ERRORS, LOCALES } from '../../src/protocol/index.ts';
import { createFailureRecorder } from '../support/http-fakes.ts';
import { createTestPostgres, type TestPostgres } from '../support/postgres.ts';

const ROWS = Object.keys(ERRORS).length * LOCALES.length;
const BUNDLED = ERRORS.ROOM_NOT_FOUND.texts.ko;

let postgres: TestPostgres;
let open: ErrorCatalogue[] = [];
let recorder = createFailureRecorder();

beforeAll(async () => {
  postgres = await createTestPostgres();
});
afterAll(() => postgres.remove());
beforeEach(async () => {
  recorder = createFailureRecorder();
  await postgres.query('DROP SCHEMA public CASCADE');
  await postgres.query('CREATE SCHEMA public');
});
afterEach(async () => {
  await Promise.all(open.map((catalogue) => catalogue.close()));
  open = [];
});

async function openCatalogue(url = postgres.url): Promise<ErrorCatalogue> {
  const catalogue = await createPostgresCatalogue({ url, failures: recorder, retryMs: [50, 200] });
  open.push(catalogue);
  return catalogue;
}

const messageOf = (catalogue: ErrorCatalogue) => catalogue.text('ROOM_NOT_FOUND', 'ko').message;
/** The promise is one second; the rest is for a busy machine. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 8_000, interval: 10 });

test('the table is made and filled with the bundled texts, whatever number of nodes start at once', async () => {
  const catalogues = await Promise.all([1, 2, 3, 4].map(() => openCatalogue()));
  await soon(() => expect(catalogues.map((catalogue) => catalogue.source)).toEqual(Array(4).fill('postgres')));
  expect(await postgres.query('SELECT count(*)::int AS n FROM error_info')).toEqual([{ n: ROWS }]);
  expect(recorder.reports).toEqual([]);
});

test('a text that is changed reaches every node, and a row that is deleted gives the bundled text back', async () => {
  const catalogues = [await openCatalogue(), await openCatalogue()];
  const before = catalogues[0]?.etag('ko');
  await postgres.query(
    "UPDATE error_info SET message = '방이 없어요', hint = NULL WHERE code = 'ROOM_NOT_FOUND' AND locale = 'ko'",
  );
  await soon(() => expect(catalogues.map(messageOf)).toEqual(['방이 없어요', '방이 없어요']));
  expect(catalogues[0]?.text('ROOM_NOT_FOUND', 'ko').hint).toBeNull();
  expect(catalogues[0]?.etag('ko')).not.toBe(before);
  expect(catalogues[0]?.text('ROOM_NOT_FOUND', 'en')).toEqual(ERRORS.ROOM_NOT_FOUND.texts.en);
  await postgres.query("DELETE FROM error_info WHERE code = 'ROOM_NOT_FOUND'");
  await soon(() => expect(catalogues.map(messageOf)).toEqual([BUNDLED.message, BUNDLED.message]));
  expect(catalogues[0]?.etag('ko')).toBe(before);
});

test('a change dates its row', async () => {
  await openCatalogue();
  await postgres.query("UPDATE error_info SET updated_at = '2000-01-01', message = 'x' WHERE code = 'INTERNAL'");
  const [row] = await postgres.query(
    "SELECT updated_at > now() - interval '1 minute' AS fresh FROM error_info WHERE code = 'INTERNAL'",
  );
  expect(row).toEqual({ fresh: true });
});

test('a seeded row follows the bundled text of a later version and never shadows it, a changed row stays', async () => {
  await openCatalogue();
  await postgres.query(
    "BEGIN; SET LOCAL c2c.seeding = 'on'; UPDATE error_info SET message = 'of an older version' WHERE locale = 'ko'; COMMIT",
  );
  await postgres.query("UPDATE error_info SET message = 'ours' WHERE code = 'FORBIDDEN' AND locale = 'ko'");
  const catalogue = await openCatalogue();
  expect(messageOf(catalogue)).toBe(BUNDLED.message);
  expect(catalogue.text('FORBIDDEN', 'ko').message).toBe('ours');
  const [row] = await postgres.query("SELECT message FROM error_info WHERE code = 'ROOM_NOT_FOUND' AND locale = 'ko'");
  expect(row).toEqual({ message: BUNDLED.message });
});

test('rows with an unknown code, an unknown language or a blank text are reported and left out', async () => {
  const catalogue = await openCatalogue();
  await postgres.query(`INSERT INTO error_info (code, locale, message) VALUES
    ('NO_SUCH_CODE', 'ko', 'a'), ('INTERNAL', 'tlh', 'b'), ('__proto__', 'ko', 'c')`);
  await postgres.query("UPDATE error_info SET message = '  ' WHERE code = 'ROOM_NOT_FOUND' AND locale = 'ko'");
  await postgres.query("UPDATE error_info SET message = 'last' WHERE code = 'FORBIDDEN' AND locale = 'en'");
  await soon(() => expect(catalogue.text('FORBIDDEN', 'en').message).toBe('last'));
  expect(messageOf(catalogue)).toBe(BUNDLED.message);
  const told = recorder.reports.map(({ error }) => String(error));
  for (const part of [
    'NO_SUCH_CODE/ko: unknown code',
    'INTERNAL/tlh: unknown locale',
    '__proto__/ko',
    'blank message',
  ]) {
    expect(told.some((line) => line.includes(part))).toBe(true);
  }
});

test('the last good texts stay while PostgreSQL is away, and are read again once it is back', async () => {
  const catalogue = await openCatalogue();
  await postgres.query("UPDATE error_info SET message = 'first' WHERE code = 'ROOM_NOT_FOUND'");
  await soon(() => expect(messageOf(catalogue)).toBe('first'));
  await postgres.stop();
  await soon(() => expect(recorder.reports.length).toBeGreaterThan(2));
  expect(messageOf(catalogue)).toBe('first');
  expect(catalogue.source).toBe('postgres');
  await postgres.start();
  await postgres.query("UPDATE error_info SET message = 'second' WHERE code = 'ROOM_NOT_FOUND'");
  await soon(() => expect(messageOf(catalogue)).toBe('second'));
});

test('a start without PostgreSQL goes on with the bundled texts and catches up later', async () => {
  await postgres.stop();
  const catalogue = await openCatalogue();
  expect(catalogue.source).toBe('bundled');
  expect(messageOf(catalogue)).toBe(BUNDLED.message);
  await postgres.start();
  await soon(() => expect(catalogue.source).toBe('postgres'));
});

test('a connection that is killed is made again', async () => {
  const catalogue = await openCatalogue();
  await postgres.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'c2c-catalogue'",
  );
  await postgres.query("UPDATE error_info SET message = 'after' WHERE code = 'ROOM_NOT_FOUND'");
  await soon(() => expect(messageOf(catalogue)).toBe('after'));
});

test('an address nobody listens at never throws, and closing ends the attempts', async () => {
  const catalogue = await openCatalogue('postgres://nobody@127.0.0.1:1/none');
  expect(catalogue.source).toBe('bundled');
  await catalogue.close();
  const attempts = recorder.reports.length;
  expect(attempts).toBeGreaterThan(0);
});
