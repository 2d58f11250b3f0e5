/** The conversation: follows while one is at its end, stays put while one reads back, reads older pages at its top. */
import { useMemo } from 'preact/hooks';
import { formatDay } from '../i18n/texts.ts';
import type { App } from '../model/app.ts';
import type { Conversation } from '../model/conversation.ts';
import type { Row } from '../model/rows.ts';
import { Announcer } from './announcer.tsx';
import { Art } from './art.tsx';
import { BubbleRow } from './bubble-row.tsx';
import { Icon } from './icons.tsx';
import { CopyLink } from './invite.tsx';
import { OlderLine } from './older-line.tsx';
import { useFollowing } from './use-following.ts';

/** A region that scrolls must be reachable with the keyboard, though one cannot act on it. */
const REACHABLE = { tabIndex: 0 };

/** See the file's sentence. */
export function MessageList({ app, conversation }: { app: App; conversation: Conversation }) {
  const texts = app.preferences.texts.value;
  const { scroller, follower, drawn } = useFollowing(conversation);
  const { hasNews, isAway } = follower;
  const hasRead = conversation.older.hasRead.value;
  const isEmpty = conversation.rows.value.length === 0;
  return (
    <div class="conversation">
      <section
        class="scroller"
        ref={scroller}
        onScroll={() => follower.scrolled()}
        {...REACHABLE}
        aria-label={texts.conversation}
      >
        {drawn.isFromStart && <OlderLine app={app} conversation={conversation} />}
        {isEmpty && hasRead && <Empty app={app} />}
        {isEmpty && !hasRead && <p class="quiet-line late">{texts.loadingRoom}</p>}
        <ol class="rows">
          <Rows app={app} conversation={conversation} rows={drawn.rows} show={(key) => follower.show(key)} />
        </ol>
        <Typing app={app} conversation={conversation} />
      </section>
      {(hasNews.value || isAway.value) && (
        <button type="button" class={hasNews.value ? 'news' : 'news plain'} onClick={() => follower.toEnd()}>
          <Icon name="down" />
          {hasNews.value ? texts.newMessages : <span class="visually-hidden">{texts.toEnd}</span>}
        </button>
      )}
      <Announcer conversation={conversation} />
    </div>
  );
}

type RowsProps = { app: App; conversation: Conversation; rows: readonly Row[]; show(key: string): void };

/** A row that is the same object as before keeps its element, and is not looked at again. */
function Rows({ rows, ...around }: RowsProps) {
  const { app, conversation } = around;
  const elements = useMemo(() => new WeakMap<Row, ReturnType<typeof RowLine>>(), [app, conversation]);
  return (
    <>
      {rows.map((row) => {
        const element = elements.get(row) ?? <RowLine key={row.key} {...around} row={row} />;
        elements.set(row, element);
        return element;
      })}
    </>
  );
}

function RowLine({ app, conversation, row, show }: Omit<RowsProps, 'rows'> & { row: Row }) {
  const { language, texts } = app.preferences;
  if (row.kind === 'bubble') return <BubbleRow app={app} conversation={conversation} row={row} show={show} />;
  if (row.kind === 'unread') {
    return (
      <li class="unread-line" data-key={row.key}>
        <span>{texts.value.unreadLine}</span>
      </li>
    );
  }
  return (
    <li class={row.kind === 'day' ? 'day' : 'quiet-line'} data-key={row.key}>
      <span>{row.kind === 'day' ? formatDay(language.value, row.timeMs) : texts.value.gap}</span>
    </li>
  );
}

function Typing({ app, conversation }: { app: App; conversation: Conversation }) {
  const names = conversation.typing.value;
  return (
    <p class="typing" aria-hidden="true">
      {names.length > 0 && (
        <>
          <span class="dots">
            <i />
            <i />
            <i />
          </span>
          <bdi>{app.preferences.texts.value.typing(names)}</bdi>
        </>
      )}
    </p>
  );
}

function Empty({ app }: { app: App }) {
  const texts = app.preferences.texts.value;
  return (
    <div class="empty">
      <Art isQuiet />
      <h2>{texts.emptyTitle}</h2>
      <p>{texts.emptyLead}</p>
      <CopyLink app={app} isPrimary />
    </div>
  );
}
