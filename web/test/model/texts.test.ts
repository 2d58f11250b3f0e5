import { expect, test } from 'vitest';
import { chooseLanguage, formatTime } from '../../src/i18n/texts.ts';
import { createForgetfulStore, Kept } from '../../src/model/keep.ts';
import { createPreferences } from '../../src/model/preferences.ts';
import { problemText } from '../../src/model/problem.ts';
import { parseRoute } from '../../src/model/route.ts';

test('times read as people say them', () => {
  const time = new Date(2025, 0, 1, 15, 4).getTime();
  expect(formatTime('ko', time)).toBe('오후 3:04');
  expect(formatTime('en', time)).toBe('3:04 PM');
  expect(formatTime('ko', new Date(2025, 0, 1, 0, 30).getTime())).toBe('오전 12:30');
});

test('the first language that exists is taken, Korean where none does', () => {
  expect(chooseLanguage(['fr-FR', 'en-GB'])).toBe('en');
  expect(chooseLanguage(['fr'])).toBe('ko');
});

test('a chosen language changes the texts at once and is kept', () => {
  const store = createForgetfulStore();
  const preferences = createPreferences(store, ['ko-KR']);
  expect(preferences.texts.value.createRoom).toBe('방 만들기');
  preferences.setLanguage('en');
  expect(preferences.texts.value.createRoom).toBe('Make a room');
  expect(createPreferences(store, ['ko-KR']).language.value).toBe('en');
});

test('a store that refuses costs nothing but memory', () => {
  const refuse = () => {
    throw new Error('no');
  };
  const kept = new Kept({ getItem: refuse, setItem: refuse, removeItem: refuse }, 'name');
  kept.write('x');
  expect(kept.read()).toBeNull();
});

test('addresses name their screens', () => {
  expect(parseRoute('/')).toEqual({ screen: 'home', isMaking: false });
  expect(parseRoute('/#new')).toEqual({ screen: 'home', isMaking: true });
  expect(parseRoute('/r/abc12345')).toEqual({ screen: 'room', roomId: 'abc12345' });
  expect(parseRoute('/r/ABC')).toEqual({ screen: 'unknown' });
});

test('an error speaks the reader’s language whichever it came in', () => {
  const error = { code: 'ROOM_NOT_FOUND', message: '서버가 고친 말', hint: '힌트', retryable: false } as const;
  const texts = createPreferences(createForgetfulStore(), ['ko']).texts.value;
  expect(problemText({ error, language: 'ko' }, { language: 'ko', texts })).toMatchObject({
    message: '서버가 고친 말',
  });
  expect(problemText({ error, language: 'ko' }, { language: 'en', texts })).toMatchObject({
    message: 'There is no such room',
  });
});
