/** The state of the form that makes a room: its fields, what is wrong with each, and sending it. */
import { LIMITS } from '@c2c/server/protocol';
import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import type { App } from '../model/app.ts';
import { fieldProblem } from '../model/problem.ts';

type InputRef = RefObject<HTMLInputElement | null>;
type Wrong = { name: string | null; title: string | null };

/** See the file's sentence. */
export type RoomWishForm = {
  name: InputRef;
  title: InputRef;
  privacy: InputRef;
  wrong: Signal<Wrong>;
  onInput(): void;
  onSubmit(event: Event): void;
};

const NOTHING: Wrong = { name: null, title: null };

/** See the file's sentence. */
export function useRoomWish(app: App): RoomWishForm {
  const [name, title, privacy] = [useInput(), useInput(), useInput()];
  const wrong = useSignal(NOTHING);
  const mark = (found: Wrong) => {
    wrong.value = found;
    if (found.name !== null) name.current?.focus();
    else if (found.title !== null) title.current?.focus();
  };
  const submit = async () => {
    const texts = app.preferences.texts.value;
    const isKnown = app.session.value !== null;
    const wishedName = isKnown ? '' : app.readName(name.current?.value ?? '');
    const wishedTitle = (title.current?.value ?? '').trim();
    const isTitleLong = [...wishedTitle.normalize('NFC')].length > LIMITS.titleCodePoints;
    mark({ name: wishedName === null ? texts.nameInvalid : null, title: isTitleLong ? texts.titleInvalid : null });
    if (wishedName === null || isTitleLong) return;
    await app.createRoom({ name: wishedName, title: wishedTitle, isPrivate: privacy.current?.checked ?? false });
    const attempt = app.entrance.attempt.value;
    if (attempt.status !== 'failed') return;
    const { error } = attempt.problem;
    mark({ name: fieldProblem(error, 'creatorName'), title: fieldProblem(error, 'title') });
  };
  return {
    ...{ name, title, privacy, wrong },
    onInput() {
      wrong.value = NOTHING;
      app.entrance.reset();
    },
    onSubmit(event) {
      event.preventDefault();
      void submit();
    },
  };
}

function useInput(): InputRef {
  return useRef<HTMLInputElement>(null);
}
