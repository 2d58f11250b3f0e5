/** `npm run errors`: checks, shows and changes the texts of errors. */
import { ERRORS, type ErrorText, isErrorCode, LOCALES, type Locale } from '@c2c/server/protocol';
import type { Context } from '../bootstrap/context.ts';
import { runningCluster } from '../cluster/state.ts';
import { bad, good, say, warning } from '../cluster/terminal.ts';
import { type ErrorDatabase, type ErrorRow, openErrorDatabase } from '../errors/error-database.ts';
import { databaseFindings, tableFindings } from '../errors/findings.ts';
import { ERRORS_HELP, type ErrorsCommand, parseErrorsCommand } from '../errors/options.ts';

/** Exit code 1 where `check` finds something. */
export async function run(args: string[], { home }: Context): Promise<number> {
  const command = parseErrorsCommand(args);
  if (command.verb === 'help') {
    say(ERRORS_HELP);
    return 0;
  }
  const url = command.database ?? process.env.DATABASE_URL ?? runningCluster(home)?.postgres?.url;
  const opened = await open(url);
  const database = typeof opened === 'string' ? null : opened;
  try {
    if (command.verb === 'check') return await check(opened);
    if (command.verb === 'list') return list(command, database === null ? [] : await database.rows());
    if (database === null) throw new Error(`there is no database to change: ${String(opened)}`);
    await change(command, database);
    return 0;
  } finally {
    await database?.close();
  }
}

/** The database, or why there is none. */
async function open(url: string | undefined): Promise<ErrorDatabase | string> {
  if (!url) return 'none is named by --database or DATABASE_URL, and npm start runs none';
  try {
    return await openErrorDatabase(url);
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error);
  }
}

async function check(database: ErrorDatabase | string): Promise<number> {
  const inTable = tableFindings(ERRORS, LOCALES);
  const all = `${Object.keys(ERRORS).length} codes in ${LOCALES.join(', ')}`;
  tell('program', `${all}: every code has its texts`, inTable);
  if (typeof database === 'string') {
    say(warning(`database: not looked at (${database})`));
    return inTable.length > 0 ? 1 : 0;
  }
  const rows = await database.rows();
  const inDatabase = databaseFindings(rows, ERRORS, LOCALES);
  const changed = rows.filter(({ seeded }) => !seeded).length;
  tell('database', `${rows.length} texts, ${changed} of them changed`, inDatabase);
  return inTable.length + inDatabase.length > 0 ? 1 : 0;
}

function tell(place: string, fine: string, findings: readonly string[]): void {
  if (findings.length === 0) say(good(`${place}: ${fine}`));
  for (const finding of findings) say(bad(`${place}: ${finding}`));
}

type ListCommand = Extract<ErrorsCommand, { verb: 'list' }>;

function list({ code, locale, isJson }: ListCommand, rows: readonly ErrorRow[]): number {
  const changed = new Map(rows.filter(({ seeded }) => !seeded).map((row) => [`${row.code}/${row.locale}`, row]));
  const texts = Object.keys(ERRORS)
    .filter(isErrorCode)
    .filter((known) => code === undefined || known === code)
    .flatMap((known) =>
      LOCALES.filter((language) => locale === undefined || language === locale).map((language) => {
        const row = changed.get(`${known}/${language}`);
        const { message, hint }: ErrorText = row ?? ERRORS[known].texts[language];
        return { code: known, locale: language, message, hint, isChanged: row !== undefined };
      }),
    );
  if (isJson) say(JSON.stringify(texts, null, 2));
  else for (const text of texts) say(lineOf(text));
  return 0;
}

function lineOf(text: ErrorText & { code: string; locale: Locale; isChanged: boolean }): string {
  const hint = text.hint === null ? '' : ` — ${text.hint}`;
  return `${text.code.padEnd(22)} ${text.locale} ${text.isChanged ? '*' : ' '} ${text.message}${hint}`;
}

type ChangeCommand = Extract<ErrorsCommand, { verb: 'set' | 'reset' }>;

async function change(command: ChangeCommand, database: ErrorDatabase): Promise<void> {
  if (command.verb === 'set') {
    await database.set(command.change);
    say(good(`${command.change.code} in ${command.change.locale}: running nodes use it within a second`));
    return;
  }
  for (const locale of command.locales) await database.reset(command.code, locale);
  say(good(`${command.code} in ${command.locales.join(', ')}: the program's own text again`));
}
