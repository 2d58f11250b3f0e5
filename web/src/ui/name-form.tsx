/** One field and one button: the way into a room. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { App } from '../model/app.ts';
import { Field } from './field.tsx';

/** See the file's sentence. */
export function NameForm({ app }: { app: App }) {
  const isInvalid = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const texts = app.preferences.texts.value;
  const onSubmit = (event: Event) => {
    event.preventDefault();
    const name = app.readName(field.current?.value ?? '');
    isInvalid.value = name === null;
    if (name === null) field.current?.focus();
    else app.enter(name);
  };
  return (
    <form class="form" onSubmit={onSubmit} noValidate>
      <Field
        id="name"
        label={texts.nameLabel}
        error={isInvalid.value ? texts.nameInvalid : null}
        field={field}
        defaultValue={app.preferences.name.value}
        placeholder={texts.namePlaceholder}
        maxLength={64}
        autoComplete="nickname"
        onInput={() => {
          isInvalid.value = false;
        }}
      />
      <button type="submit" class="button primary">
        {texts.enterRoom}
      </button>
    </form>
  );
}
