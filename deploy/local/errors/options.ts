/** The command line of `npm run errors`: what is to be done, checked before anything is asked of a database. */
import { parseArgs } from 'node:util';
import { type ErrorCode, isErrorCode, LOCALES, type Locale } from '@c2c/server/protocol';
import { UsageError } from '../bootstrap/options.mjs';
import type { TextChange } from './error-database.ts';
import { LONGEST_TEXT } from './findings.ts';

/** The text of `--help`. */
export const ERRORS_HELP = `The texts that people read when something goes wrong, in ${LOCALES.join(', ')}.

  npm run errors -- check                     codes without a text, in the program and in the database
  npm run errors -- list [options]            every text as it is now; * marks those that were changed
  npm run errors -- set CODE [options]        changes a text; running nodes use it within a second
  npm run errors -- reset CODE [options]      gives the program's own text back

  --locale <${LOCALES.join('|')}>     the language: needed by set; list and reset take all without it
  --message <text>        set: the sentence
  --hint <text>           set: what to do about it; "" for none; without it the hint stays
  --code <CODE>           list: only this code
  --json                  list: as JSON
  --database <url>        the database: else DATABASE_URL, else that of the cluster which npm start runs
  --help                  this text

  npm run errors -- set ROOM_NOT_FOUND --locale ko --message "방이 없어요" --hint "링크를 확인해 주세요"`;

/** What was asked for. */
export type ErrorsCommand = { database: string | undefined } & (
  | { verb: 'help' }
  | { verb: 'check' }
  | { verb: 'list'; code: ErrorCode | undefined; locale: Locale | undefined; isJson: boolean }
  | { verb: 'set'; change: TextChange }
  | { verb: 'reset'; code: ErrorCode; locales: readonly Locale[] }
);

/** Reads the arguments. Throws a UsageError that names the mistake. */
export function parseErrorsCommand(args: string[]): ErrorsCommand {
  const { values, positionals } = parse(args);
  const { database } = values;
  const [verb = 'help', subject, ...rest] = positionals;
  if (values.help === true || verb === 'help') return { verb: 'help', database };
  if (rest.length > 0) throw new UsageError(`what is ${rest.join(' ')} for? Put texts with spaces into quotes`);
  const locale = values.locale === undefined ? undefined : localeOf(values.locale);
  if (verb === 'check') return { verb, database };
  if (verb === 'list') {
    const code = subject ?? values.code;
    const chosen = code === undefined ? undefined : codeOf(code);
    return { verb, database, code: chosen, locale, isJson: values.json === true };
  }
  if (verb === 'set') return { verb, database, change: changeOf(codeOf(subject), locale, values) };
  if (verb === 'reset') return { verb, database, code: codeOf(subject), locales: locale ? [locale] : LOCALES };
  throw new UsageError(`there is no ${verb}; choose check, list, set, reset`);
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    ...{ locale: text, message: text, hint: text, code: text, database: text, json: flag },
    help: { ...flag, short: 'h' },
  } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

function changeOf(
  code: ErrorCode,
  locale: Locale | undefined,
  { message, hint }: { message?: string; hint?: string },
): TextChange {
  if (locale === undefined) throw new UsageError(`--locale is needed: ${LOCALES.join(', ')}`);
  if (message === undefined || message.trim() === '') throw new UsageError('--message is needed: the sentence to show');
  if (Math.max(message.length, hint?.length ?? 0) > LONGEST_TEXT) {
    throw new UsageError(`texts have at most ${LONGEST_TEXT} characters`);
  }
  return { code, locale, message: message.trim(), hint: hint === undefined ? undefined : hint.trim() || null };
}

function codeOf(given: string | undefined): ErrorCode {
  if (given === undefined) throw new UsageError('which code? npm run errors -- list shows all');
  const code = given.toUpperCase();
  if (!isErrorCode(code)) throw new UsageError(`there is no code ${given}; npm run errors -- list shows all`);
  return code;
}

function localeOf(given: string): Locale {
  const locale = LOCALES.find((known) => known === given);
  if (locale === undefined) throw new UsageError(`there is no language ${given}; choose ${LOCALES.join(', ')}`);
  return locale;
}
