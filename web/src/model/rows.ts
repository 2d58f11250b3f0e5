/** A room's messages as rows to show: days, bubbles that belong together, where something is missing. Pure. */
import type { Gap, Message } from '../net/client.ts';
import type { PendingView } from './pending.ts';

/** One line of the conversation. `isFirst` and `isLast` of a group say who speaks and when. */
export type Row =
  | { kind: 'day'; key: string; timeMs: number }
  | { kind: 'gap'; key: string }
  | { kind: 'bubble'; key: string; bubble: Bubble; isFirst: boolean; isLast: boolean };

/** One message, sent or on its way. */
export type Bubble = { from: string; isOwn: boolean; text: string; timeMs: number; pending: PendingView | null };

/** What rows are made of. `gaps` are missing seqs; before each of `toldSeqs` the server said that something may be missing. */
export type RowSource = {
  messages: readonly Message[];
  pending: readonly PendingView[];
  gaps: readonly Gap[];
  toldSeqs: readonly number[];
  me: string;
};

const MINUTE_MS = 60_000;

/** Messages first, then what is on its way, in the order of writing. */
export function rowsOf({ messages, pending, gaps, toldSeqs, me }: RowSource): Row[] {
  const afterGap = new Set([...gaps.map(({ beforeSeq }) => beforeSeq), ...toldSeqs]);
  const sent = messages.map((message) => ({
    key: message.from === me && message.clientMsgId ? `own-${message.clientMsgId}` : message.id,
    bubble: bubbleOf(message, me),
    isAfterGap: afterGap.has(message.seq),
  }));
  const waiting = pending.map((view) => ({
    key: `own-${view.clientMsgId}`,
    bubble: { from: me, isOwn: true, text: view.text, timeMs: view.createdAtMs, pending: view },
    isAfterGap: false,
  }));
  return group([...sent, ...waiting]);
}

function bubbleOf(message: Message, me: string): Bubble {
  const { from, text, timestamp } = message;
  return { from, isOwn: from === me, text, timeMs: Date.parse(timestamp), pending: null };
}

type Entry = { key: string; bubble: Bubble; isAfterGap: boolean };

function group(entries: readonly Entry[]): Row[] {
  return entries.flatMap((entry, index) => {
    const before = entries[index - 1];
    const after = entries[index + 1];
    const rows: Row[] = [];
    if (!before || dayOf(before.bubble) !== dayOf(entry.bubble)) {
      rows.push({ kind: 'day', key: `day-${dayOf(entry.bubble)}`, timeMs: entry.bubble.timeMs });
    }
    if (entry.isAfterGap) rows.push({ kind: 'gap', key: `gap-${entry.key}` });
    const isFirst = !before || !belong(before, entry);
    const isLast = !after || !belong(entry, after);
    rows.push({ kind: 'bubble', key: entry.key, bubble: entry.bubble, isFirst, isLast });
    return rows;
  });
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

function dayOf({ timeMs }: Bubble): string {
  return new Date(timeMs).toDateString();
}
