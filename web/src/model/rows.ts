/** A room's messages as rows to show: days, bubbles that belong together, where something is missing or new. Pure. */
import type { Gap, Message } from '../net/client.ts';
import type { PendingView } from './pending.ts';

/** One line of the conversation. `isFirst` and `isLast` of a group say who speaks and when. */
export type Row =
  | { kind: 'day'; key: string; timeMs: number }
  | { kind: 'gap'; key: string }
  | { kind: 'unread'; key: string }
  | BubbleRow;

/** A row that is a message. */
export type BubbleRow = { kind: 'bubble'; key: string; bubble: Bubble; isFirst: boolean; isLast: boolean };

/** One message, sent (then it has a seq) or on its way. */
export type Bubble = {
  from: string;
  isOwn: boolean;
  text: string;
  timeMs: number;
  day: string;
  seq: number | null;
  pending: PendingView | null;
};

/**
 * What rows are made of. `gaps` are missing seqs; before each of `toldSeqs` the server said that something may be missing;
 * what others wrote beyond `dividerSeq` is new.
 */
export type RowSource = {
  messages: readonly Message[];
  pending: readonly PendingView[];
  gaps: readonly Gap[];
  toldSeqs: readonly number[];
  dividerSeq: number | null;
  me: string;
};

const MINUTE_MS = 60_000;

type Entry = { key: string; bubble: Bubble; isAfterGap: boolean };

/**
 * Builds rows again and again for one conversation: messages first, then what is on its way, in the order of writing. What
 * has not changed is the same object as before, so that nothing needs to draw it again.
 */
export function createRowBuilder(): (source: RowSource) => Row[] {
  let entries = new WeakMap<Message, Omit<Entry, 'isAfterGap'>>();
  let known = new Map<string, Row>();
  let me = '';
  const entryOf = (message: Message) => {
    const entry = entries.get(message) ?? { key: keyOf(message, me), bubble: bubbleOf(message, me) };
    entries.set(message, entry);
    return entry;
  };
  return (source) => {
    if (source.me !== me) entries = new WeakMap();
    me = source.me;
    const afterGap = new Set([...source.gaps.map(({ beforeSeq }) => beforeSeq), ...source.toldSeqs]);
    const sent = source.messages.map((message) => ({ ...entryOf(message), isAfterGap: afterGap.has(message.seq) }));
    const waiting = source.pending.map((view) => ({
      key: `own-${view.clientMsgId}`,
      bubble: waitingBubble(view, me),
      isAfterGap: false,
    }));
    const all = [...sent, ...waiting];
    const rows = group(all, firstNewOf(all, source.dividerSeq)).map((row) => sameAs(known.get(row.key), row));
    known = new Map(rows.map((row) => [row.key, row]));
    return rows;
  };
}

function keyOf(message: Message, me: string): string {
  return message.from === me && message.clientMsgId ? `own-${message.clientMsgId}` : message.id;
}

function bubbleOf({ from, text, timestamp, seq }: Message, me: string): Bubble {
  const timeMs = Date.parse(timestamp);
  return { from, isOwn: from === me, text, timeMs, day: dayOf(timeMs), seq, pending: null };
}

function waitingBubble(view: PendingView, me: string): Bubble {
  const { text, createdAtMs: timeMs } = view;
  return { from: me, isOwn: true, text, timeMs, day: dayOf(timeMs), seq: null, pending: view };
}

/** The first message of somebody else beyond the line, unless what stands before it is not here to draw a line below. */
function firstNewOf(entries: readonly Entry[], dividerSeq: number | null): Entry | undefined {
  if (dividerSeq === null) return undefined;
  const oldest = entries[0]?.bubble.seq ?? null;
  if (oldest === null || oldest > dividerSeq + 1) return undefined;
  return entries.find(({ bubble }) => !bubble.isOwn && bubble.seq !== null && bubble.seq > dividerSeq);
}

function group(entries: readonly Entry[], firstNew: Entry | undefined): Row[] {
  const rows: Row[] = [];
  // What waited over midnight stands below newer messages, and brings no day back.
  let newest: Bubble | null = null;
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1];
    const after = entries[index + 1];
    const { key, bubble } = entry;
    if (!newest || (bubble.timeMs > newest.timeMs && bubble.day !== newest.day)) {
      rows.push({ kind: 'day', key: `day-${bubble.day}`, timeMs: bubble.timeMs });
    }
    if (!newest || bubble.timeMs > newest.timeMs) newest = bubble;
    if (entry.isAfterGap) rows.push({ kind: 'gap', key: `gap-${key}` });
    if (entry === firstNew) rows.push({ kind: 'unread', key: 'unread' });
    const isFirst = !before || !belong(before, entry) || entry === firstNew;
    const isLast = !after || !belong(entry, after) || after === firstNew;
    rows.push({ kind: 'bubble', key, bubble, isFirst, isLast });
  }
  return rows;
}

/** Bubbles of one person within one minute share a name and a time. */
function belong(a: Entry, b: Entry): boolean {
  const isSameMinute = Math.floor(a.bubble.timeMs / MINUTE_MS) === Math.floor(b.bubble.timeMs / MINUTE_MS);
  return (
    a.bubble.from === b.bubble.from &&
    isSameMinute &&
    !b.isAfterGap &&
    (a.bubble.pending === null) === (b.bubble.pending === null)
  );
}

function sameAs(before: Row | undefined, now: Row): Row {
  if (before?.kind !== now.kind) return now;
  if (now.kind !== 'bubble' || before.kind !== 'bubble') return before;
  const isSame = before.bubble === now.bubble && before.isFirst === now.isFirst && before.isLast === now.isLast;
  return isSame ? before : now;
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toDateString();
}
