/** One message. */
import { formatTime } from '../i18n/texts.ts';
import type { App } from '../model/app.ts';
import type { PendingView } from '../model/pending.ts';
import { problemText } from '../model/problem.ts';
import type { Row } from '../model/rows.ts';
import { Avatar, PersonName } from './avatar.tsx';
import { Icon } from './icons.tsx';

/** See the file's sentence. */
export function BubbleRow({ app, row }: { app: App; row: Extract<Row, { kind: 'bubble' }> }) {
  const { bubble, isFirst, isLast } = row;
  const { from, isOwn, text, timeMs, pending } = bubble;
  const classes = ['bubble-row', isOwn ? 'own' : 'other', isFirst ? 'first' : '', isLast ? 'last' : ''];
  const isUnsent = pending !== null && pending.status !== 'sent';
  return (
    <li class={classes.join(' ')}>
      {!isOwn && <span class="avatar-place">{isFirst && <Avatar name={from} />}</span>}
      <div class="bubble-body">
        {!isOwn && isFirst && (
          <span class="from">
            <PersonName name={from} />
          </span>
        )}
        <div class="bubble-line">
          <p class={isUnsent ? `bubble ${pending.status}` : 'bubble'}>{text}</p>
          {isUnsent && pending.status !== 'failed' && <Waiting app={app} pending={pending} />}
          {!isUnsent && isLast && (
            <time class="time" dateTime={new Date(timeMs).toISOString()}>
              {formatTime(app.preferences.language.value, timeMs)}
            </time>
          )}
        </div>
        {pending?.status === 'failed' && <Failed app={app} pending={pending} />}
      </div>
    </li>
  );
}

function Waiting({ app, pending }: { app: App; pending: PendingView }) {
  const texts = app.preferences.texts.value;
  const label = pending.status === 'sending' ? texts.sending : texts.waiting;
  return (
    <span class="time" role="img" aria-label={label} title={label}>
      <Icon name="clock" />
    </span>
  );
}

const ASKS = new Set(['RETRY_TOO_OLD', 'OUTBOX_EXPIRED', 'IDENTITY_CHANGED', 'CLIENT_MSG_ID_REUSED']);

function Failed({ app, pending }: { app: App; pending: PendingView }) {
  const { texts, language } = app.preferences;
  if (!pending.error) return null;
  const problem = { error: pending.error, language: language.value };
  const shown = problemText(problem, { language: language.value, texts: texts.value });
  return (
    <fieldset class="failed" aria-label={texts.value.failed}>
      <span>
        <Icon name="alert" /> {shown.message}
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
