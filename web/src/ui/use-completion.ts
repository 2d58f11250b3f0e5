/** The names that could complete what stands behind `@`, and the keys that choose one. */
import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { type Completion, complete, completionOf } from '../model/completion.ts';
import type { Conversation } from '../model/conversation.ts';

/** See the file's sentence. */
export type NameCompletion = {
  candidates: readonly string[];
  chosen: number;
  /** Looks again at what stands before the caret. */
  look(): void;
  close(): void;
  take(name: string): void;
  /** Whether the key was for the list. */
  onKeyDown(event: KeyboardEvent): boolean;
  /** What tells a screen reader of the list. */
  attributes: { 'aria-autocomplete'?: 'list'; 'aria-controls'?: string; 'aria-activedescendant'?: string };
};

/** The id of the list; its options are this with a number. */
export const NAME_LIST_ID = 'names';

/** See the file's sentence. */
export function useCompletion(
  conversation: Conversation,
  field: RefObject<HTMLTextAreaElement | null>,
): NameCompletion {
  const found = useSignal<Completion | null>(null);
  const chosen = useSignal(0);
  const close = () => {
    found.value = null;
  };
  const take = (name: string) => {
    const { current } = field;
    if (!current || !found.value) return;
    const { start } = found.value;
    const done = complete(current.value, { start, caret: current.selectionStart }, name);
    current.value = done.text;
    current.setSelectionRange(done.caret, done.caret);
    conversation.composing.write(done.text);
    close();
  };
  const candidates = found.value?.candidates ?? [];
  return {
    ...{ candidates, chosen: chosen.value, close, take },
    look() {
      const { current } = field;
      const names = conversation.members.value.filter(({ isMe }) => !isMe).map(({ userId }) => userId);
      found.value = current && completionOf(current.value, current.selectionStart, names);
      chosen.value = 0;
    },
    onKeyDown(event) {
      if (candidates.length === 0) return false;
      const { key } = event;
      if (key === 'ArrowDown') chosen.value = (chosen.value + 1) % candidates.length;
      else if (key === 'ArrowUp') chosen.value = (chosen.value + candidates.length - 1) % candidates.length;
      else if (key === 'Escape') close();
      else if (key === 'Enter' || key === 'Tab') take(candidates[chosen.value] ?? '');
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
    attributes:
      candidates.length === 0
        ? {}
        : {
            'aria-autocomplete': 'list',
            'aria-controls': NAME_LIST_ID,
            'aria-activedescendant': `${NAME_LIST_ID}-${chosen.value}`,
          },
  };
}
