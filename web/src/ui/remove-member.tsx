/** Removes somebody from the room, after asking; says why where that could not be done. */
import { useSignal } from '@preact/signals';
import type { App } from '../model/app.ts';
import type { Conversation } from '../model/conversation.ts';
import type { Problem } from '../model/problem.ts';
import { ProblemNote } from './problem-note.tsx';

/** See the file's sentence. */
export function RemoveMember({ app, conversation, userId, cancel }: RemoveMemberProps) {
  const isBusy = useSignal(false);
  const error = useSignal<Problem['error'] | null>(null);
  const texts = app.preferences.texts.value;
  const remove = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    error.value = await conversation.remove(userId);
    isBusy.value = false;
    if (!error.value) cancel();
  };
  return (
    <fieldset class="ask" aria-label={texts.removeMember(userId)}>
      <p>{texts.removeAsk(userId)}</p>
      {error.value && <ProblemNote app={app} error={error.value} />}
      <button type="button" class="button small danger" aria-disabled={isBusy.value} onClick={() => void remove()}>
        {isBusy.value ? texts.removing : texts.removeYes}
      </button>
      <button type="button" class="button small" onClick={cancel}>
        {texts.cancel}
      </button>
    </fieldset>
  );
}

/** What it needs. */
export type RemoveMemberProps = { app: App; conversation: Conversation; userId: string; cancel(): void };
