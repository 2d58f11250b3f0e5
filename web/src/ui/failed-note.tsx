/** Below a message that could not be sent: why, and what to do with it. */
import type { App } from '../model/app.ts';
import type { PendingView } from '../model/pending.ts';
import { textOfFailure } from '../model/problem.ts';
import { Icon } from './icons.tsx';

/** Sending these again makes a new message, so the button says so. */
const ASKS = new Set(['RETRY_TOO_OLD', 'OUTBOX_EXPIRED', 'IDENTITY_CHANGED', 'CLIENT_MSG_ID_REUSED']);

/** See the file's sentence. */
export function FailedNote({ app, pending }: { app: App; pending: PendingView }) {
  const { texts, language } = app.preferences;
  if (!pending.error) return null;
  const shown = textOfFailure(pending.error, { language: language.value, texts: texts.value });
  return (
    <fieldset class="failed" aria-label={texts.value.failed}>
      <span>
        <Icon name="alert" /> {shown.message} {shown.hint} <small class="code">{shown.code}</small>
      </span>
      <button type="button" class="button small" onClick={pending.retry}>
        {ASKS.has(pending.error.code) ? texts.value.sendAgain : texts.value.retry}
      </button>
      <button type="button" class="button small" onClick={pending.discard}>
        {texts.value.discard}
      </button>
    </fieldset>
  );
}
