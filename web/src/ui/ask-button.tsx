/** A button for what cannot be undone: asks first, and says that it is at work. */
import { useSignal } from '@preact/signals';
import type { Texts } from '../i18n/texts.ts';
import { Icon } from './icons.tsx';

/** See the file's sentence. `act` settles when it is done, well or not. */
export function AskButton({ texts, label, question, yes, busy, act }: AskButtonProps) {
  const step = useSignal<'resting' | 'asking' | 'busy'>('resting');
  const isBusy = step.value === 'busy';
  const go = async () => {
    if (isBusy) return;
    step.value = 'busy';
    await act();
    step.value = 'resting';
  };
  if (step.value === 'resting') {
    return (
      <button
        type="button"
        class="button quiet"
        onClick={() => {
          step.value = 'asking';
        }}
      >
        <Icon name="leave" />
        {label}
      </button>
    );
  }
  return (
    <fieldset class="ask" aria-label={label}>
      <p>{question}</p>
      <button type="button" class="button danger" aria-disabled={isBusy} onClick={() => void go()}>
        {isBusy ? busy : yes}
      </button>
      <button
        type="button"
        class="button"
        onClick={() => {
          step.value = 'resting';
        }}
      >
        {texts.cancel}
      </button>
    </fieldset>
  );
}

/** What it says, and what it does. */
export type AskButtonProps = {
  texts: Texts;
  label: string;
  question: string;
  yes: string;
  busy: string;
  act(): Promise<void>;
};
