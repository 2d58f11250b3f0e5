/** What is wrong with the texts of errors: in the table of the program, and in a database. Pure. */
import type { ErrorText } from '@c2c/server/protocol';
import type { ErrorRow } from './error-database.ts';

/** The table of the program, or one like it. */
export type ErrorTable = Readonly<Record<string, { texts: Readonly<Record<string, ErrorText | undefined>> }>>;

/** Longer ones are not read by the nodes. */
export const LONGEST_TEXT = 1000;

/** Codes without a text in one of the languages, or with a hint in some of them only. */
export function tableFindings(table: ErrorTable, locales: readonly string[]): string[] {
  return Object.entries(table).flatMap(([code, { texts }]) => {
    const without = locales.filter((locale) => isBlank(texts[locale]?.message));
    const hinted = locales.filter((locale) => !isBlank(texts[locale]?.hint));
    const unhinted = locales.filter((locale) => isBlank(texts[locale]?.hint));
    return [
      ...without.map((locale) => `${code} has no text in ${locale}`),
      ...(hinted.length > 0 ? unhinted.map((locale) => `${code} has a hint, but not in ${locale}`) : []),
    ];
  });
}

/** Texts that a database lacks, and rows that no node will use. */
export function databaseFindings(rows: readonly ErrorRow[], table: ErrorTable, locales: readonly string[]): string[] {
  const known = new Set(Object.keys(table).flatMap((code) => locales.map((locale) => `${code}/${locale}`)));
  const found = new Set(rows.filter(({ message }) => !isBlank(message)).map(nameOf));
  const missing = [...known].filter((name) => !found.has(name));
  const unread = rows.filter((row) => !known.has(nameOf(row)));
  const long = rows.filter(({ message, hint }) => message.length > LONGEST_TEXT || (hint ?? '').length > LONGEST_TEXT);
  return [
    ...missing.map((name) => `${name} has no text: the program's own is used`),
    ...unread.map((row) => `${nameOf(row)} is no code and language of this program: nobody reads it`),
    ...long.map((row) => `${nameOf(row)} is longer than ${LONGEST_TEXT} characters: the program's own is used`),
  ];
}

function nameOf({ code, locale }: ErrorRow): string {
  return `${code}/${locale}`;
}

function isBlank(text: string | null | undefined): boolean {
  return (text ?? '').trim() === '';
}
