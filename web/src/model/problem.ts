/** Errors as people read them. Pure. */
import { ERRORS, type ErrorCode, type FieldError, isErrorCode, LOCALES } from '@c2c/server/protocol';
import type { Language, Texts } from '../i18n/texts.ts';
import type { Failure } from '../net/client.ts';

/** An error and the language its text came in. */
export type Problem = { error: Failure; language: Language };

/** What happened and what to do; `code` in small print. */
export type ProblemText = { message: string; hint: string | null; code: string };

/** Who reads. */
export type Reader = { language: Language; texts: Texts };

/** The server's own words where they are in the reader's language, else the bundled ones. */
export function problemText({ error, language }: Problem, reader: Reader): ProblemText {
  const { code } = error;
  if (isErrorCode(code) && language !== reader.language) return bundledText(code, reader);
  return textOfFailure(error, reader);
}

/** As `problemText`, where nobody knows in which language the error came: words of the catalogue are put into the reader's. */
export function textOfFailure(error: Failure, reader: Reader): ProblemText {
  const { code, message, hint } = error;
  if (!isErrorCode(code)) return { message: ownText(code, reader.texts), hint: null, code };
  const isBundled = LOCALES.some((locale) => ERRORS[code].texts[locale].message === message);
  return isBundled ? bundledText(code, reader) : { message, hint: hint ?? null, code };
}

/** Whether a server said so; otherwise nobody could be reached. */
export function isAnswer({ code }: Failure): boolean {
  return isErrorCode(code);
}

/** What is wrong with one field of a form, as the server says it; null where it says nothing. */
export function fieldProblem(error: Failure, path: string): string | null {
  const fields: readonly FieldError[] = error.details?.fields ?? [];
  return fields.find((field) => field.path === path)?.message ?? null;
}

function bundledText(code: ErrorCode, { language }: Reader): ProblemText {
  return { ...ERRORS[code].texts[language], code };
}

function ownText(code: Failure['code'], texts: Texts): string {
  if (code === 'OUTBOX_FULL') return texts.outboxFull;
  if (code === 'OUTBOX_EXPIRED' || code === 'IDENTITY_CHANGED') return texts.tooOld;
  return texts.noAnswer;
}
