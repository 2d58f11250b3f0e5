/** What a message says: text, links to follow, names that are meant. Only ever text nodes and links that the page made. */
import { useMemo } from 'preact/hooks';
import type { App } from '../model/app.ts';
import type { Conversation } from '../model/conversation.ts';
import { isQuoted, type Part, type Quote, richText } from '../model/rich-text.ts';
import type { Bubble } from '../model/rows.ts';
import { PersonName } from './avatar.tsx';

/** See the file's sentence. `show` brings another message into view. */
export function BubbleText({ app, conversation, bubble, show }: BubbleTextProps) {
  const { text, pending } = bubble;
  const names = text.includes('@') ? conversation.members.value.map(({ userId }) => userId) : NOBODY;
  const { quote, parts } = useMemo(() => richText(text, names), [text, names.join()]);
  const state = pending && pending.status !== 'sent' ? ` ${pending.status}` : '';
  return (
    // A tap gives it the focus, and that shows what can be done with it.
    <div class={`bubble${state}`} dir="auto" tabIndex={-1}>
      {quote && <QuoteBlock app={app} conversation={conversation} quote={quote} show={show} />}
      {parts.map((part) => partOf(part, conversation.me.value))}
    </div>
  );
}

/** What it needs. */
export type BubbleTextProps = { app: App; conversation: Conversation; bubble: Bubble; show(key: string): void };

const NOBODY: readonly string[] = [];

function partOf(part: Part, me: string) {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'mention') {
    const isMe = [`@${me}`, `@${me.split('#')[0]}`].includes(part.text);
    return <span class={isMe ? 'mention me-meant' : 'mention'}>{part.text}</span>;
  }
  return (
    <a href={part.url} target="_blank" rel="noopener noreferrer nofollow">
      {part.text}
    </a>
  );
}

function QuoteBlock({ app, conversation, quote, show }: { quote: Quote } & Omit<BubbleTextProps, 'bubble'>) {
  const texts = app.preferences.texts.value;
  const find = () => {
    const rows = conversation.rows.value;
    const quoted = rows.findLast((row) => row.kind === 'bubble' && isQuoted(quote, row.bubble));
    if (quoted) show(quoted.key);
  };
  return (
    <button type="button" class="quote" tabIndex={-1} title={texts.showQuoted} onClick={find}>
      <span class="quote-from">
        <PersonName name={quote.from} />
      </span>
      <bdi class="quote-text">{quote.excerpt}</bdi>
    </button>
  );
}
