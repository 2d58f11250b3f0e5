/** Tells a screen reader what others write; the list itself is no live region. */
import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Conversation } from '../model/conversation.ts';
import { bodyOf } from '../model/rich-text.ts';

/** How many of the newest stand in the log: enough for a burst, and little to keep. */
const KEPT = 5;

/** See the file's sentence. */
export function Announcer({ conversation }: { conversation: Conversation }) {
  const log = useRef<HTMLDivElement>(null);
  useSignalEffect(() => {
    const heard = conversation.heard.value;
    const { current } = log;
    if (!current || heard === null) return;
    const line = document.createElement('p');
    line.textContent = `${heard.from}: ${bodyOf(heard.text)}`;
    current.append(line);
    while (current.childElementCount > KEPT) current.firstElementChild?.remove();
  });
  return <div class="visually-hidden" role="log" aria-live="polite" ref={log} />;
}
