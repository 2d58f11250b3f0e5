/** Errors as people read them. Pure. */
import { ERRORS, isErrorCode } from '@c2c/server/protocol';
import type { Language, Texts } from '../i18n/texts.ts';
import type { Failure } from '../net/client.ts';

/** An error and the language its text came in. */
export type Problem = { error: Failure; language: Language };

/** What happened and what to do; `code` in small print. */
export type ProblemText = { message: string; hint: string | null; code: string };

/** The server's own words where they are in the reader's language, else the bundled ones. */
export function problemText({ error, language }: Problem, reader: { language: Language; texts: Texts }): ProblemText {
  const { code } = error;
  if (!isErrorCode(code)) return { message: ownText(code, reader.texts), hint: null, code };
  const bundled = ERRORS[code].texts[reader.language];
  if (language !== reader.language) return { ...bundled, code };
  return { message: error.message, hint: error.hint ?? null, code };
}

function ownText(code: Failure['code'], texts: Texts): string {
  if (code === 'OUTBOX_FULL') return texts.outboxFull;
  if (code === 'OUTBOX_EXPIRED' || code === 'IDENTITY_CHANGED') return texts.tooOld;
  return texts.noAnswer;
}
