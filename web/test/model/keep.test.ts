import { expect, test } from 'vitest';
import { parseJson, share } from '../../src/model/keep.ts';
import { createPreferences } from '../../src/model/preferences.ts';
import { createSession } from '../../src/model/session.ts';
import { openBrowser } from './support/tabs.ts';

const text = { read: (kept: string | null) => kept ?? '', write: (value: string) => (value === '' ? null : value) };

test('what one tab keeps, the others see at once', () => {
  const { openTab } = openBrowser();
  const [one, other] = [share(openTab(), 'draft.x', text), share(openTab(), 'draft.x', text)];
  one.set('반쯤 쓴 글');
  expect(other.value.value).toBe('반쯤 쓴 글');
  other.set('');
  expect(one.value.value).toBe('');
});

test('a tab is not told of what concerns another key', () => {
  const { openTab } = openBrowser();
  const [one, other] = [openTab(), openTab()];
  const mine = share(one, 'a', text);
  mine.set('x');
  share(other, 'b', text).set('y');
  expect(mine.value.value).toBe('x');
});

test('language, theme and notices chosen in one tab are those of all tabs', () => {
  const { openTab } = openBrowser();
  const [one, other] = [createPreferences(openTab(), ['ko']), createPreferences(openTab(), ['ko'])];
  one.setLanguage('en');
  one.setTheme('dark');
  one.setNotices('all');
  expect([other.language.value, other.theme.value, other.notices.value]).toEqual(['en', 'dark', 'all']);
  expect(other.texts.value.send).toBe('Send');
});

test('whoever logs out in one tab is logged out in all of them', () => {
  const { openTab } = openBrowser();
  const [one, other] = [createSession(openTab()), createSession(openTab())];
  one.begin({ token: 'eyJ.a.b', userId: '영희' });
  expect(other.known.value).toEqual({ token: 'eyJ.a.b', userId: '영희' });
  other.end('left');
  expect(one.state.value).toEqual({ known: null, ended: 'left' });
});

test.each([
  ['nothing', null],
  ['no JSON', '{'],
  ['another shape', '{"known":{"token":1}}'],
  ['a list', '[]'],
])('a store that holds %s for a session holds none', (_what, kept) => {
  const { openTab, values } = openBrowser();
  if (kept !== null) values.set('c2c.session', kept);
  expect(createSession(openTab()).state.value).toEqual({ known: null, ended: 'never' });
});

test('text that is no JSON says nothing', () => {
  expect(parseJson('{')).toBeUndefined();
  expect(parseJson('{"a":1}')).toEqual({ a: 1 });
});
