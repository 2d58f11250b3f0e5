/** `error_info` as an operator reads and changes it. What the rows mean to the nodes stands in `server/migrations`. */
import { ERRORS, type ErrorCode, type Locale } from '@c2c/server/protocol';
import { Client } from 'pg';

/** One row. `seeded`: it only shows what the program says, nobody has changed it. */
export type ErrorRow = {
  code: string;
  locale: string;
  message: string;
  hint: string | null;
  updatedAt: Date;
  seeded: boolean;
};

/** Which text, and what it is to be. `hint` undefined leaves the hint as it is. */
export type TextChange = { code: ErrorCode; locale: Locale; message: string; hint: string | null | undefined };

/** A database whose nodes hear of each change within a second. */
export interface ErrorDatabase {
  /** All rows by code and language. */
  rows(): Promise<ErrorRow[]>;
  /** Puts a text in the place of the program's. */
  set(change: TextChange): Promise<void>;
  /** Gives the program's text back. */
  reset(code: ErrorCode, locale: Locale): Promise<void>;
  close(): Promise<void>;
}

const PATIENCE_MS = 3_000;
const UNDEFINED_TABLE = '42P01';

/** Connects. Rejects where nobody answers, or where no node has made the table yet. */
export async function openErrorDatabase(url: string): Promise<ErrorDatabase> {
  const client = new Client({
    connectionString: url,
    application_name: 'c2c-errors',
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  // A connection that breaks later shows in the next query.
  client.on('error', () => undefined);
  await client.connect();
  const write = (change: Required<TextChange>) => writeText(client, change);
  const current = async ({ code, locale }: TextChange) => {
    const { rows } = await client.query('SELECT hint FROM error_info WHERE code = $1 AND locale = $2', [code, locale]);
    const [row] = rows;
    return typeof row?.hint === 'string' ? row.hint : row ? null : ERRORS[code].texts[locale].hint;
  };
  try {
    await client.query('SELECT 1 FROM error_info LIMIT 1');
  } catch (error) {
    await client.end();
    throw isMissingTable(error) ? new Error('it has no error_info yet: a node makes it when it starts') : error;
  }
  return {
    async rows() {
      const { rows } = await client.query<ErrorRow>(
        'SELECT code, locale, message, hint, updated_at AS "updatedAt", seeded FROM error_info ORDER BY code, locale',
      );
      return rows;
    },
    async set(change) {
      const { hint = await current(change) } = change;
      await write({ ...change, hint });
    },
    async reset(code, locale) {
      await client.query('BEGIN');
      // The table's own trigger then knows that nobody has written this text.
      await client.query("SET LOCAL c2c.seeding = 'on'");
      await write({ code, locale, ...ERRORS[code].texts[locale] });
      await client.query('COMMIT');
    },
    close: () => client.end(),
  };
}

async function writeText(client: Client, { code, locale, message, hint }: TextChange): Promise<void> {
  await client.query(
    `INSERT INTO error_info (code, locale, message, hint) VALUES ($1, $2, $3, $4)
     ON CONFLICT (code, locale) DO UPDATE SET message = excluded.message, hint = excluded.hint`,
    [code, locale, message, hint],
  );
}

function isMissingTable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === UNDEFINED_TABLE;
}
