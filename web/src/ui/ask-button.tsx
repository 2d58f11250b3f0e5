/** A button for what cannot be undone: asks first, and says that it is at work. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Texts } from '../i18n/texts.ts';
import { Icon } from './icons.tsx';

/** See the file's sentence. `act` settles when it is done, well or not. */
export function AskButton({ texts, label, question, yes, busy, act }: AskButtonProps) {
  const step = useSignal<'resting' | 'asking' | 'busy'>('resting');
  const next = useRef<HTMLButtonElement>(null);
  const isBusy = step.value === 'busy';
  const turn = (to: 'resting' | 'asking') => () => {
    step.value = to;
  };
  const go = async () => {
    if (isBusy) return;
    step.value = 'busy';
    await act().finally(turn('resting'));
  };
  const hasBeenAsked = useRef(false);
  useEffect(() => {
    // The button that had the focus is gone: the one in its place takes it.
    if (step.value === 'asking') hasBeenAsked.current = true;
    if (hasBeenAsked.current) next.current?.focus();
  }, [step.value]);
  if (step.value === 'resting') {
    return (
      <button type="button" class="button quiet" ref={next} onClick={turn('asking')}>
        <Icon name="leave" />
        {label}
      </button>
    );
  }
  return (
    <fieldset class="ask" aria-label={label}>
      <p>{question}</p>
      <button type="button" class="button danger" ref={next} aria-disabled={isBusy} onClick={() => void go()}>
        {isBusy ? busy : yes}
      </button>
      <button type="button" class="button" onClick={turn('resting')}>
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
