/** Name, language and theme of the person at this browser. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { chooseLanguage, LANGUAGES, type Language, type Texts, textsOf } from '../i18n/texts.ts';
import { Kept, type KeyValueStore } from './keep.ts';

/** How light the page is. */
export const THEMES = ['system', 'light', 'dark'] as const;
/** One of them. */
export type Theme = (typeof THEMES)[number];

/** See the file's sentence. */
export type Preferences = {
  readonly name: ReadonlySignal<string>;
  readonly language: ReadonlySignal<Language>;
  readonly theme: ReadonlySignal<Theme>;
  readonly texts: ReadonlySignal<Texts>;
  setName(name: string): void;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
};

/** Reads what is kept; `wanted` are the languages the browser asks for. */
export function createPreferences(store: KeyValueStore, wanted: readonly string[]): Preferences {
  const kept = {
    name: new Kept(store, 'name'),
    language: new Kept(store, 'language'),
    theme: new Kept(store, 'theme'),
  };
  const name = signal(kept.name.read() ?? '');
  const language: Signal<Language> = signal(chooseLanguage([kept.language.read() ?? '', ...wanted]));
  const theme: Signal<Theme> = signal(THEMES.find((known) => known === kept.theme.read()) ?? 'system');
  return {
    name,
    language,
    theme,
    texts: computed(() => textsOf(language.value)),
    setName(value) {
      name.value = value;
      kept.name.write(value);
    },
    setLanguage(value) {
      language.value = LANGUAGES.includes(value) ? value : LANGUAGES[0];
      kept.language.write(language.value);
    },
    setTheme(value) {
      theme.value = value;
      kept.theme.write(value);
    },
  };
}
