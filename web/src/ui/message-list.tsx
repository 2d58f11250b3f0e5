/** The conversation: follows while one is at its end, stays put while one reads back, reads older pages at its top. */
import { useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { formatDay } from '../i18n/texts.ts';
import type { App } from '../model/app.ts';
import type { Conversation } from '../model/conversation.ts';
import type { Row } from '../model/rows.ts';
import { BubbleRow } from './bubble-row.tsx';
import { Icon } from './icons.tsx';
import { CopyLink } from './invite.tsx';

const NEAR_PX = 80;

/** A region that scrolls must be reachable with the keyboard, though one cannot act on it. */
const REACHABLE = { tabIndex: 0 };

/** See the file's sentence. */
export function MessageList({ app, conversation }: { app: App; conversation: Conversation }) {
  const texts = app.preferences.texts.value;
  const rows = conversation.rows.value;
  const { scroller, onScroll, hasNews, toEnd } = useFollowing(rows, () => void conversation.loadOlder());
  const isEmpty = rows.length === 0 && conversation.room.value.status === 'live' && !conversation.isLoadingOlder.value;
  const typing = conversation.typing.value;
  return (
    <div class="conversation">
      <section class="scroller" ref={scroller} onScroll={onScroll} {...REACHABLE} aria-label={texts.conversation}>
        {conversation.isLoadingOlder.value && <p class="quiet-line">{texts.loadingOlder}</p>}
        {isEmpty && <Empty app={app} />}
        <ol class="rows">
          {rows.map((row) => (
            <RowLine key={row.key} app={app} row={row} />
          ))}
        </ol>
        <p class="typing" aria-hidden="true">
          {typing.length > 0 && texts.typing(typing)}
        </p>
      </section>
      {hasNews.value && (
        <button type="button" class="news" onClick={toEnd}>
          <Icon name="down" />
          {texts.newMessages}
        </button>
      )}
      <Announcer conversation={conversation} />
    </div>
  );
}

function RowLine({ app, row }: { app: App; row: Row }) {
  if (row.kind === 'bubble') return <BubbleRow app={app} row={row} />;
  const { language, texts } = app.preferences;
  const text = row.kind === 'day' ? formatDay(language.value, row.timeMs) : texts.value.gap;
  return (
    <li class={row.kind === 'day' ? 'day' : 'quiet-line'}>
      <span>{text}</span>
    </li>
  );
}

function Empty({ app }: { app: App }) {
  const texts = app.preferences.texts.value;
  return (
    <div class="empty">
      <h2>{texts.emptyTitle}</h2>
      <p>{texts.emptyLead}</p>
      <CopyLink app={app} isPrimary />
    </div>
  );
}

/** A screen reader hears what others write; the list itself is no live region. */
function Announcer({ conversation }: { conversation: Conversation }) {
  const newest = useComputed(() => {
    const last = conversation.rows.value.at(-1);
    return last?.kind === 'bubble' && !last.bubble.isOwn ? `${last.bubble.from}: ${last.bubble.text}` : '';
  });
  return (
    <div class="visually-hidden" role="log" aria-live="polite">
      {newest.value}
    </div>
  );
}

/** Keeps the place in a list that grows at both ends. */
function useFollowing(rows: readonly Row[], loadOlder: () => void) {
  const scroller = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  const before = useRef({ firstKey: '', lastKey: '', height: 0 });
  const hasNews = useSignal(false);
  const toEnd = () => {
    isAtEnd.current = true;
    hasNews.value = false;
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  };
  useLayoutEffect(() => {
    const { current } = scroller;
    if (!current) return;
    const last = rows.at(-1);
    const now = { firstKey: firstBubbleKey(rows), lastKey: last?.key ?? '', height: current.scrollHeight };
    const isNew = now.lastKey !== before.current.lastKey;
    const isOwn = last?.kind === 'bubble' && last.bubble.isOwn;
    if (isAtEnd.current || (isNew && isOwn)) toEnd();
    else if (now.firstKey !== before.current.firstKey) current.scrollTop += now.height - before.current.height;
    else if (isNew) hasNews.value = true;
    before.current = now;
  }, [rows]);
  const onScroll = () => {
    const { current } = scroller;
    if (!current) return;
    isAtEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < NEAR_PX;
    if (isAtEnd.current) hasNews.value = false;
    if (current.scrollTop < NEAR_PX) loadOlder();
  };
  return { scroller, onScroll, hasNews, toEnd };
}

function firstBubbleKey(rows: readonly Row[]): string {
  return rows.find(({ kind }) => kind === 'bubble')?.key ?? '';
}
