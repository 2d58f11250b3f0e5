/** One field and one button: the way into everything. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { App } from '../model/app.ts';
import { problemText } from '../model/problem.ts';

/** What the form is for: the button's text, also while it works, and what happens with a good name. */
export type NameFormProps = { app: App; action: string; busyAction: string; submit(name: string): void };

/** See the file's sentence. */
export function NameForm({ app, action, busyAction, submit }: NameFormProps) {
  const isInvalid = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const texts = app.preferences.texts.value;
  const isBusy = app.isBusy.value;
  const onSubmit = (event: Event) => {
    event.preventDefault();
    const name = app.readName(field.current?.value ?? '');
    isInvalid.value = name === null;
    if (name === null) field.current?.focus();
    else if (!isBusy) submit(name);
  };
  return (
    <form class="name-form" onSubmit={onSubmit} noValidate>
      <label for="name">{texts.nameLabel}</label>
      <input
        id="name"
        ref={field}
        defaultValue={app.preferences.name.value}
        placeholder={texts.namePlaceholder}
        maxLength={64}
        autoComplete="nickname"
        aria-invalid={isInvalid.value}
        aria-describedby={isInvalid.value ? 'name-error' : undefined}
        onInput={() => {
          isInvalid.value = false;
        }}
      />
      {isInvalid.value && (
        <p id="name-error" class="field-error">
          {texts.nameInvalid}
        </p>
      )}
      <button type="submit" class="button primary" aria-disabled={isBusy}>
        {isBusy ? busyAction : action}
      </button>
      <ProblemNote app={app} />
    </form>
  );
}

/** What the server answered, its hint, and the code in small print. */
export function ProblemNote({ app }: { app: App }) {
  const problem = app.problem.value;
  const { texts, language } = app.preferences;
  if (!problem) return null;
  const shown = problemText(problem, { language: language.value, texts: texts.value });
  return (
    <p class="problem" role="alert">
      <strong>{shown.message}</strong>
      {shown.hint && <span>{shown.hint}</span>}
      <small>{shown.code}</small>
    </p>
  );
}
