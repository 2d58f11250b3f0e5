/** The catalogue as a value: the bundled texts with what somebody has put in their place, and a fingerprint of each language. */
import { createHash } from 'node:crypto';
import { ERRORS, type ErrorCode, type ErrorText, isErrorCode, LOCALES, type Locale } from '../protocol/index.ts';
import type { ErrorCatalogue } from '../service/edge-ports.ts';

/** The port this folder implements. */
export type { ErrorCatalogue } from '../service/edge-ports.ts';

/** One text that takes the place of a bundled one. */
export type TextOverride = { code: ErrorCode; locale: Locale; text: ErrorText };

/** Texts at one moment; immutable. */
export type CatalogueTexts = Pick<ErrorCatalogue, 'text' | 'all' | 'etag'>;

/** All codes in the order of the table. */
export const CODES: readonly ErrorCode[] = Object.keys(ERRORS).filter(isErrorCode);

/** The bundled texts, with the overrides in their place. */
export function composeTexts(overrides: readonly TextOverride[]): CatalogueTexts {
  const languages = new Map(LOCALES.map((locale) => [locale, composeLanguage(locale, overrides)]));
  const languageOf = (locale: Locale) => languages.get(locale) ?? composeLanguage(locale, overrides);
  return {
    text: (code, locale) => languageOf(locale).texts[code],
    all: (locale) => languageOf(locale).texts,
    etag: (locale) => languageOf(locale).etag,
  };
}

function composeLanguage(locale: Locale, overrides: readonly TextOverride[]) {
  const bundled = Object.fromEntries(CODES.map((code) => [code, ERRORS[code].texts[locale]]));
  const own = overrides.filter((override) => override.locale === locale);
  const changed = Object.fromEntries(own.map(({ code, text }) => [code, text]));
  // The table has every code, so the record is complete.
  const texts = Object.freeze({ ...bundled, ...changed }) as Readonly<Record<ErrorCode, ErrorText>>;
  const digest = createHash('sha256').update(JSON.stringify(CODES.map((code) => [code, texts[code]])));
  return { texts, etag: `${locale}-${digest.digest('hex').slice(0, 16)}` };
}
