/** Name, language, theme and wanted notices of the person at this browser; the same in every tab. */
import { computed, type ReadonlySignal } from '@preact/signals';
import { chooseLanguage, LANGUAGES, type Language, type Texts, textsOf } from '../i18n/texts.ts';
import { type Codec, type SharedStore, share } from './keep.ts';

/** How light the page is. */
export const THEMES = ['system', 'light', 'dark'] as const;
/** One of them. */
export type Theme = (typeof THEMES)[number];

/** What is told while one looks elsewhere. */
export const NOTICES = ['off', 'mentions', 'all'] as const;
/** One of them. */
export type Notices = (typeof NOTICES)[number];

/** See the file's sentence. */
export type Preferences = {
  readonly name: ReadonlySignal<string>;
  readonly language: ReadonlySignal<Language>;
  readonly theme: ReadonlySignal<Theme>;
  readonly notices: ReadonlySignal<Notices>;
  readonly texts: ReadonlySignal<Texts>;
  setName(name: string): void;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
  setNotices(notices: Notices): void;
};

/** Reads what is kept; `wanted` are the languages the browser asks for. */
export function createPreferences(store: SharedStore, wanted: readonly string[]): Preferences {
  const name = share(store, 'name', { read: (text) => text ?? '', write: (value) => value });
  const theme = share(store, 'theme', oneOf(THEMES));
  const notices = share(store, 'notices', oneOf(NOTICES));
  const language = share<Language>(store, 'language', {
    read: (text) => chooseLanguage([text ?? '', ...wanted]),
    write: (value) => value,
  });
  return {
    name: name.value,
    language: language.value,
    theme: theme.value,
    notices: notices.value,
    texts: computed(() => textsOf(language.value.value)),
    setName: name.set,
    setLanguage: (value) => language.set(LANGUAGES.includes(value) ? value : LANGUAGES[0]),
    setTheme: theme.set,
    setNotices: notices.set,
  };
}

/** The first is taken where nothing is kept. */
function oneOf<const T extends readonly [string, ...string[]]>(values: T): Codec<T[number]> {
  return { read: (text) => values.find((known) => known === text) ?? values[0], write: (value) => value };
}
