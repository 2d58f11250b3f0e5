/** Where one writes: Enter sends, Shift+Enter is a new line, and Enter that ends a composition does neither. */
import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { App } from '../model/app.ts';
import type { Conversation } from '../model/conversation.ts';
import { AnsweredBar } from './answered-bar.tsx';
import { Icon } from './icons.tsx';
import { NameList } from './name-list.tsx';
import { ProblemNote } from './problem-note.tsx';
import { useCompletion } from './use-completion.ts';

/** See the file's sentence. */
export function Composer({ app, conversation }: { app: App; conversation: Conversation }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const texts = app.preferences.texts.value;
  const { composing } = conversation;
  const completion = useCompletion(conversation, field);
  useSignalEffect(() => {
    // What another tab wrote, or sent; the field that is being written in already says so.
    const text = composing.draft.value.value;
    if (!field.current || field.current.value === text) return;
    field.current.value = text;
    fit(field.current);
  });
  useSignalEffect(() => {
    if (composing.answered.value) field.current?.focus();
  });
  const send = () => {
    if (composing.send() && field.current) fit(field.current);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // 229 is what some input methods report for the Enter that only ends the composition.
    if (event.isComposing || event.keyCode === 229 || completion.onKeyDown(event)) return;
    const action = actionOf(event, field.current?.value === '');
    if (!action) return;
    event.preventDefault();
    if (action === 'send') send();
    else if (action === 'cancel') composing.answer(null);
    else composing.answerNext(conversation.rows.value, action === 'answer-before' ? -1 : 1);
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {composing.problem.value && <ProblemNote app={app} error={composing.problem.value} />}
      <AnsweredBar app={app} conversation={conversation} />
      <NameList app={app} completion={completion} />
      <div class="composer-line">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label={texts.messageLabel}
          placeholder={texts.messagePlaceholder}
          onKeyDown={onKeyDown}
          onInput={({ currentTarget }) => {
            fit(currentTarget);
            composing.write(currentTarget.value);
            completion.look();
          }}
          onBlur={completion.close}
          {...completion.attributes}
        />
        <button type="submit" class="send" aria-label={texts.send}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}

type Action = 'send' | 'cancel' | 'answer-before' | 'answer-after';

function actionOf({ key, shiftKey }: KeyboardEvent, isEmpty: boolean): Action | null {
  if (key === 'Enter' && !shiftKey) return 'send';
  if (key === 'Escape') return 'cancel';
  if (isEmpty && key === 'ArrowUp') return 'answer-before';
  return isEmpty && key === 'ArrowDown' ? 'answer-after' : null;
}

/** As high as what is written, up to what the style sheet allows. */
function fit(field: HTMLTextAreaElement): void {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}
