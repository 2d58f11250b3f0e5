/** Makes a room: a name where one has none yet; whoever wants may give a title or keep it private. */
import { useEffect } from 'preact/hooks';
import type { App } from '../model/app.ts';
import { Field } from './field.tsx';
import { ProblemNote } from './problem-note.tsx';
import { type RoomWishForm, useRoomWish } from './use-room-wish.ts';
import { WaitNote } from './wait-note.tsx';

/** See the file's sentence. */
export function RoomForm({ app }: { app: App }) {
  const form = useRoomWish(app);
  const texts = app.preferences.texts.value;
  const attempt = app.entrance.attempt.value;
  const isKnown = app.session.value !== null;
  const isBusy = attempt.status === 'busy';
  useEffect(() => (isKnown ? form.title : form.name).current?.focus(), [isKnown]);
  return (
    <form class="form" onSubmit={form.onSubmit} noValidate>
      {!isKnown && (
        <Field
          id="name"
          label={texts.nameLabel}
          error={form.wrong.value.name}
          field={form.name}
          defaultValue={app.preferences.name.value}
          placeholder={texts.namePlaceholder}
          maxLength={64}
          autoComplete="nickname"
          onInput={form.onInput}
        />
      )}
      {isKnown ? (
        <Wishes app={app} form={form} />
      ) : (
        <details class="more-options">
          <summary>{texts.moreOptions}</summary>
          <Wishes app={app} form={form} />
        </details>
      )}
      <button type="submit" class="button primary" aria-disabled={isBusy}>
        {isBusy ? texts.creatingRoom : texts.createRoom}
      </button>
      {attempt.status === 'busy' && attempt.wait && <WaitNote app={app} wait={attempt.wait} />}
      {attempt.status === 'failed' && <ProblemNote app={app} problem={attempt.problem} />}
    </form>
  );
}

function Wishes({ app, form }: { app: App; form: RoomWishForm }) {
  const texts = app.preferences.texts.value;
  return (
    <div class="wishes">
      <Field
        id="title"
        label={texts.titleLabel}
        error={form.wrong.value.title}
        field={form.title}
        placeholder={texts.titlePlaceholder}
        autoComplete="off"
        onInput={form.onInput}
      />
      <label class="check">
        <input type="checkbox" ref={form.privacy} aria-describedby="private-hint" />
        <span>{texts.privateLabel}</span>
      </label>
      <p id="private-hint" class="hint">
        {texts.privateHint}
      </p>
    </div>
  );
}
