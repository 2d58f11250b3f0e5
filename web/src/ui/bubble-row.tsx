/** One message. */
import { formatTime } from '../i18n/texts.ts';
import type { App } from '../model/app.ts';
import type { Conversation } from '../model/conversation.ts';
import type { PendingView } from '../model/pending.ts';
import type { Bubble, BubbleRow as BubbleRowView } from '../model/rows.ts';
import { Avatar, PersonName } from './avatar.tsx';
import { FailedNote } from './failed-note.tsx';
import { Icon } from './icons.tsx';

/** See the file's sentence. */
export function BubbleRow({ app, conversation, row }: BubbleRowProps) {
  const { bubble, isFirst, isLast } = row;
  const { from, isOwn, text, pending } = bubble;
  const classes = ['bubble-row', isOwn ? 'own' : 'other', isFirst ? 'first' : '', isLast ? 'last' : ''];
  const isUnsent = pending !== null && pending.status !== 'sent';
  return (
    <li class={classes.join(' ')} data-key={row.key}>
      {!isOwn && <span class="avatar-place">{isFirst && <Avatar name={from} />}</span>}
      <div class="bubble-body">
        {!isOwn && isFirst && (
          <span class="from">
            <PersonName name={from} />
          </span>
        )}
        <div class="bubble-line">
          <p class={isUnsent ? `bubble ${pending.status}` : 'bubble'} dir="auto">
            {text}
          </p>
          <span class="beside">
            {isUnsent && pending.status !== 'failed' && <Waiting app={app} pending={pending} />}
            {!isUnsent && <UnreadCount app={app} conversation={conversation} bubble={bubble} />}
            {!isUnsent && isLast && <SentTime app={app} timeMs={bubble.timeMs} />}
          </span>
        </div>
        {pending?.status === 'failed' && <FailedNote app={app} pending={pending} />}
      </div>
    </li>
  );
}

/** What a row needs. */
export type BubbleRowProps = { app: App; conversation: Conversation; row: BubbleRowView };

function SentTime({ app, timeMs }: { app: App; timeMs: number }) {
  return (
    <time class="time" dateTime={new Date(timeMs).toISOString()}>
      {formatTime(app.preferences.language.value, timeMs)}
    </time>
  );
}

/** How many have not read it; nothing once everybody has. */
function UnreadCount({ app, conversation, bubble }: { app: App; conversation: Conversation; bubble: Bubble }) {
  const { seq, from } = bubble;
  const count = seq === null ? 0 : conversation.unreadCount.value({ seq, from });
  if (count === 0) return null;
  return (
    <span class="not-read" role="img" aria-label={app.preferences.texts.value.notReadBy(count)}>
      {count}
    </span>
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
