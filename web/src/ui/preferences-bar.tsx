/** Language and theme, switched without a reload. */
import { LANGUAGES, type Language } from '../i18n/texts.ts';
import type { App } from '../model/app.ts';
import { THEMES, type Theme } from '../model/preferences.ts';

const NAMES: Record<Language, string> = { ko: '한국어', en: 'English' };

/** See the file's sentence. */
export function PreferencesBar({ app }: { app: App }) {
  const { preferences } = app;
  const texts = preferences.texts.value;
  const themes: Record<Theme, string> = {
    system: texts.themeSystem,
    light: texts.themeLight,
    dark: texts.themeDark,
  };
  return (
    <div class="preferences">
      <label>
        <span>{texts.language}</span>
        <select
          value={preferences.language.value}
          onChange={({ currentTarget }) => {
            const chosen = LANGUAGES.find((language) => language === currentTarget.value);
            if (chosen) app.setLanguage(chosen);
          }}
        >
          {LANGUAGES.map((language) => (
            <option key={language} value={language} lang={language}>
              {NAMES[language]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{texts.theme}</span>
        <select
          value={preferences.theme.value}
          onChange={({ currentTarget }) => {
            const chosen = THEMES.find((theme) => theme === currentTarget.value);
            if (chosen) preferences.setTheme(chosen);
          }}
        >
          {THEMES.map((theme) => (
            <option key={theme} value={theme}>
              {themes[theme]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
