/** `error_info` in PostgreSQL: its migrations, its seed and how its rows are read. */
import { fileURLToPath } from 'node:url';
import type { Client } from 'pg';
import Postgrator from 'postgrator';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ERRORS, isErrorCode, LOCALES, type Locale } from '../protocol/index.ts';
import type { Failures } from '../service/ports.ts';
import { CODES, type TextOverride } from './catalogue.ts';

const MIGRATIONS = fileURLToPath(new URL('../../migrations/', import.meta.url));
/** Any number will do, as long as nothing else in the database locks it. */
const MIGRATION_LOCK = 7_220_431;
const LONGEST_TEXT = 1000;
const MOST_ROWS = 1000;

const Row = Type.Object({
  code: Type.String(),
  locale: Type.String(),
  message: Type.String(),
  hint: Type.Union([Type.String(), Type.Null()]),
});
const row = Compile(Row);

/** Brings the table up to date and its seeded rows in line with the bundled texts. Nodes that start at once take turns. */
export async function prepareErrorTable(client: Client): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    const postgrator = new Postgrator({
      driver: 'pg',
      schemaTable: 'c2c_migrations',
      migrationPattern: `${MIGRATIONS}*.sql`,
      newline: 'LF',
      execQuery: (query) => client.query(query),
    });
    await postgrator.migrate();
    await seed(client);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  }
}

/** What operators have put in place of bundled texts. Rows that cannot be used are reported and left out. */
export async function readOverrides(client: Client, failures: Failures): Promise<TextOverride[]> {
  const { rows } = await client.query<Record<string, unknown>>(
    'SELECT code, locale, message, hint FROM error_info WHERE NOT seeded ORDER BY code, locale LIMIT $1',
    [MOST_ROWS],
  );
  return rows.flatMap((candidate) => {
    const override = row.Check(candidate) ? toOverride(candidate) : 'is not text';
    if (typeof override !== 'string') return [override];
    failures.report('catalogue.row', new Error(`error_info ${describe(candidate)}: ${override}, ignored`));
    return [];
  });
}

async function seed(client: Client): Promise<void> {
  const rows = CODES.flatMap((code) => LOCALES.map((locale) => ({ code, locale, ...ERRORS[code].texts[locale] })));
  await client.query('BEGIN');
  try {
    await client.query("SET LOCAL c2c.seeding = 'on'");
    await client.query(
      `INSERT INTO error_info (code, locale, message, hint)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
       ON CONFLICT (code, locale) DO UPDATE SET message = excluded.message, hint = excluded.hint
       WHERE error_info.seeded
         AND (error_info.message, error_info.hint) IS DISTINCT FROM (excluded.message, excluded.hint)`,
      [rows.map((r) => r.code), rows.map((r) => r.locale), rows.map((r) => r.message), rows.map((r) => r.hint)],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

function toOverride({ code, locale, message, hint }: Static<typeof Row>): TextOverride | string {
  if (!isErrorCode(code)) return 'unknown code';
  if (!isLocale(locale)) return 'unknown locale';
  if (message.trim() === '') return 'blank message';
  if (message.length > LONGEST_TEXT || (hint ?? '').length > LONGEST_TEXT) return 'text too long';
  const trimmedHint = hint?.trim();
  return { code, locale, text: { message: message.trim(), hint: trimmedHint ? trimmedHint : null } };
}

function isLocale(locale: string): locale is Locale {
  return LOCALES.some((known) => known === locale);
}

function describe(candidate: Record<string, unknown>): string {
  return `${String(candidate.code).slice(0, 40)}/${String(candidate.locale).slice(0, 10)}`;
}
