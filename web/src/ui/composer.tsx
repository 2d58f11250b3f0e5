/** Where one writes: Enter sends, Shift+Enter is a new line, and Enter that ends a composition does neither. */
import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { App } from '../model/app.ts';
import type { Conversation } from '../model/conversation.ts';
import { Icon } from './icons.tsx';

/** See the file's sentence. */
export function Composer({ app, conversation }: { app: App; conversation: Conversation }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const texts = app.preferences.texts.value;
  const { draft } = conversation;
  useSignalEffect(() => {
    // What another tab wrote; the field that is being written in already says so.
    const text = draft.value.value;
    if (!field.current || field.current.value === text) return;
    field.current.value = text;
    fit(field.current);
  });
  const send = () => {
    const { current } = field;
    const text = current?.value.trim() ?? '';
    if (!current || text === '') return;
    conversation.send(text);
    draft.set('');
    fit(current);
    current.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // 229 is what some input methods report for the Enter that only ends the composition.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        rows={1}
        dir="auto"
        aria-label={texts.messageLabel}
        placeholder={texts.messagePlaceholder}
        onKeyDown={onKeyDown}
        onInput={({ currentTarget }) => {
          fit(currentTarget);
          draft.set(currentTarget.value);
          if (currentTarget.value !== '') conversation.type();
        }}
      />
      <button type="submit" class="send" aria-label={texts.send}>
        <Icon name="send" />
      </button>
    </form>
  );
}

/** As high as what is written, up to what the style sheet allows. */
function fit(field: HTMLTextAreaElement): void {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}
