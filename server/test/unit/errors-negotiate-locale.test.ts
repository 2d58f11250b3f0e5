import { describe, expect, test } from 'vitest';
import { negotiateLocale } from '../../src/errors/negotiate-locale.ts';

describe('the language somebody is answered in', () => {
  test.each([
    [undefined, 'ko'],
    ['', 'ko'],
    ['ko', 'ko'],
    ['en', 'en'],
    ['EN-us', 'en'],
    ['ja_JP', 'ja'],
    ['zh-Hant-TW', 'ko'],
    ['*', 'ko'],
    ['fr, *;q=0.1', 'ko'],
    ['fr;q=1.0, ja;q=0.4, en;q=0.8', 'en'],
    ['en;q=0.5, ja;q=0.5', 'en'],
    ['ja;q=0.5, en;q=0.5', 'ja'],
    ['en;q=0.2, *;q=0.9', 'ko'],
    ['ko;q=0, *', 'en'],
    ['ko;q=0', 'ko'],
    ['en;q=0, ja;q=0.1', 'ja'],
    ['en-GB;q=0.1, en;q=0.9, ja;q=0.5', 'en'],
    [' ja ; q=0.7 , en ; q = 0.6', 'ja'],
    ['en;q=2, ja', 'ja'],
    ['en;q=abc', 'ko'],
    [';;;,,,q=1', 'ko'],
    ['english', 'ko'],
  ])('for %j is %s', (wanted, locale) => {
    expect(negotiateLocale(wanted)).toBe(locale);
  });

  test('is found at once in a header of any length', () => {
    expect(negotiateLocale(`en, ${'x-'.repeat(100_000)}`)).toBe('en');
    expect(negotiateLocale(','.repeat(100_000))).toBe('ko');
  });
});
