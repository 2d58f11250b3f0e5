/** Writing in a room: the draft that all tabs share, what it answers, and what is wrong with it. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Failure, Room } from '../net/client.ts';
import type { SharedValue } from './keep.ts';
import { quoting } from './rich-text.ts';
import type { BubbleRow, Row } from './rows.ts';

/** The message that is answered. */
export type Answered = { key: string; from: string; text: string };

/** See the file's sentence. */
export interface Composing {
  readonly draft: SharedValue<string>;
  readonly answered: ReadonlySignal<Answered | null>;
  /** Why the text was not taken; it then still stands in the draft. */
  readonly problem: ReadonlySignal<Failure | null>;
  write(text: string): void;
  /** Sends what is written; false where there is nothing, or it was not taken. */
  send(): boolean;
  answer(row: BubbleRow | null): void;
  /** Answers the message of somebody else that stands before or after the answered one; null at either end. */
  answerNext(rows: readonly Row[], direction: -1 | 1): void;
}

/** See the file's sentence. */
export function createComposing(room: Room, draft: SharedValue<string>): Composing {
  const answered = signal<Answered | null>(null);
  const problem = signal<Failure | null>(null);
  const answer = (row: BubbleRow | null) => {
    answered.value = row && { key: row.key, from: row.bubble.from, text: row.bubble.text };
  };
  return {
    ...{ draft, answered, problem, answer },
    write(text) {
      draft.set(text);
      problem.value = null;
      if (text !== '') room.typing();
    },
    send() {
      const text = draft.value.value.trim();
      if (text === '') return false;
      const { value } = room.send(quoting(answered.value, text)).state;
      // What could not even be queued stands nowhere else.
      problem.value = value.status === 'failed' ? value.error : null;
      if (problem.value) return false;
      draft.set('');
      answered.value = null;
      return true;
    },
    answerNext(rows, direction) {
      const bubbles = rows.filter((row) => row.kind === 'bubble').filter(({ bubble }) => !bubble.isOwn);
      const at = answered.value ? bubbles.findIndex(({ key }) => key === answered.value?.key) : bubbles.length;
      answer(bubbles[at + direction] ?? (direction < 0 ? bubbles[0] : null) ?? null);
    },
  };
}
