/** One message. */
import { formatTime } from '../i18n/texts.ts';
import type { App } from '../model/app.ts';
import type { Conversation } from '../model/conversation.ts';
import type { PendingView } from '../model/pending.ts';
import type { Bubble, BubbleRow as BubbleRowView } from '../model/rows.ts';
import { Avatar, PersonName } from './avatar.tsx';
import { BubbleText } from './bubble-text.tsx';
import { FailedNote } from './failed-note.tsx';
import { Icon } from './icons.tsx';

/** See the file's sentence. */
export function BubbleRow({ app, conversation, row, show }: BubbleRowProps) {
  const { bubble, isFirst, isLast } = row;
  const { from, isOwn, pending } = bubble;
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
          <div class="bubble-place">
            <BubbleText app={app} conversation={conversation} bubble={bubble} show={show} />
            {bubble.seq !== null && <Actions app={app} conversation={conversation} row={row} />}
          </div>
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
export type BubbleRowProps = { app: App; conversation: Conversation; row: BubbleRowView; show(key: string): void };

/** Shown while one points at the message or has tapped it; by keyboard the arrow up in the field does the same. */
function Actions({ app, conversation, row }: Omit<BubbleRowProps, 'show'>) {
  const label = app.preferences.texts.value.reply;
  return (
    <button
      type="button"
      class="icon-button reply"
      tabIndex={-1}
      aria-label={label}
      title={label}
      onClick={() => conversation.composing.answer(row)}
    >
      <Icon name="reply" />
    </button>
  );
}

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
