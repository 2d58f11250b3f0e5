/** Which languages there are and how each writes times and days. */
import { en } from './en.ts';
import { ko, type Texts } from './ko.ts';

export type { Texts } from './ko.ts';

/** The languages of the page, the first where nothing fits. */
export const LANGUAGES = ['ko', 'en'] as const;
/** One of them. */
export type Language = (typeof LANGUAGES)[number];

const TEXTS: Record<Language, Texts> = { ko, en };

/** The texts of a language. */
export function textsOf(language: Language): Texts {
  return TEXTS[language];
}

/** The first of `wanted` (as browsers list them) that exists. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = LANGUAGES.find((known) => tag.toLowerCase().split('-')[0] === known);
    if (language) return language;
  }
  return LANGUAGES[0];
}

/** `오후 3:04`, `3:04 PM`. By hand: some releases of the locale data write `PM` in Korean too. */
export function formatTime(language: Language, timeMs: number): string {
  const time = new Date(timeMs);
  const isMorning = time.getHours() < 12;
  const clock = `${time.getHours() % 12 || 12}:${String(time.getMinutes()).padStart(2, '0')}`;
  if (language === 'ko') return `${isMorning ? '오전' : '오후'} ${clock}`;
  return `${clock} ${isMorning ? 'AM' : 'PM'}`;
}

/** `2025년 1월 1일 수요일`, `Wednesday, January 1, 2025`. */
export function formatDay(language: Language, timeMs: number): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'full' }).format(timeMs);
}

/** For lists: today's time, this year's day, else the date. `now` is for tests. */
export function formatWhen(language: Language, timeMs: number, now = new Date()): string {
  const time = new Date(timeMs);
  if (time.toDateString() === now.toDateString()) return formatTime(language, timeMs);
  const isThisYear = time.getFullYear() === now.getFullYear();
  const format = isThisYear ? ({ month: 'short', day: 'numeric' } as const) : ({ dateStyle: 'short' } as const);
  return new Intl.DateTimeFormat(language, format).format(timeMs);
}
