import { expect, test } from 'vitest';
import { complete, completionOf } from '../../src/model/completion.ts';
import { excerptOf, isQuoted, mentions, quoting, richText } from '../../src/model/rich-text.ts';

const show = (text: string, names: readonly string[] = []) =>
  richText(text, names).parts.map((part) => (part.kind === 'text' ? part.text : { [part.kind]: part.text }));

test.each([
  ['https://a.kr', [{ link: 'https://a.kr' }]],
  ['보세요 http://a.kr/b?c=d#e 여기', ['보세요 ', { link: 'http://a.kr/b?c=d#e' }, ' 여기']],
  ['(https://a.kr/b).', ['(', { link: 'https://a.kr/b' }, ').']],
  ['https://a.kr/위키_(말)', [{ link: 'https://a.kr/위키_(말)' }]],
  ['둘 https://a.kr, https://b.kr!', ['둘 ', { link: 'https://a.kr' }, ', ', { link: 'https://b.kr' }, '!']],
  ['https://', ['https://']],
  ['HTTPS://A.KR', [{ link: 'HTTPS://A.KR' }]],
])('in %j web addresses are links', (text, parts) => {
  expect(show(text)).toEqual(parts);
});

test.each([
  'javascript:alert(1)',
  'data:text/html,<b>x</b>',
  'file:///etc/passwd',
  '<a href="x">x</a>',
  'https://a.kr/\u202egnp.exe',
  'ftp://a.kr',
  'https://<b>',
])('%j is text and nothing else', (text) => {
  expect(show(text)).toEqual([text]);
});

test('names behind @ are meant, the longer one first, and not inside a word', () => {
  const names = ['철수', '철수 형', '영희#0313'];
  expect(show('@철수 형 안녕', names)).toEqual([{ mention: '@철수 형' }, ' 안녕']);
  expect(show('안녕 @철수, @영희#0313', names)).toEqual([
    '안녕 ',
    { mention: '@철수' },
    ', ',
    { mention: '@영희#0313' },
  ]);
  expect(show('@영희 어디', names)).toEqual([{ mention: '@영희' }, ' 어디']);
  expect(show('mail@철수', names)).toEqual(['mail@철수']);
  expect(show('@누구', names)).toEqual(['@누구']);
});

test('a text means somebody, or does not', () => {
  expect(mentions('자 @영희 봐', '영희')).toBe(true);
  expect(mentions('자 영희 봐', '영희')).toBe(false);
  expect(mentions('@', '')).toBe(false);
});

test('an answer quotes one line of what it answers, and is read back', () => {
  const text = quoting({ from: '철수', text: '첫 줄\n둘째 줄' }, '그래\n좋아');
  expect(text).toBe('> 철수: 첫 줄 둘째 줄\n그래\n좋아');
  const read = richText(text, []);
  expect(read).toEqual({
    quote: { from: '철수', excerpt: '첫 줄 둘째 줄' },
    parts: [{ kind: 'text', text: '그래\n좋아' }],
  });
  expect(read.quote && isQuoted(read.quote, { from: '철수', text: '첫 줄\n둘째 줄' })).toBe(true);
  expect(read.quote && isQuoted(read.quote, { from: '영희', text: '첫 줄\n둘째 줄' })).toBe(false);
});

test('an answer to an answer quotes only what was said last', () => {
  const first = quoting({ from: 'a', text: '하나' }, '둘');
  expect(quoting({ from: 'b', text: first }, '셋')).toBe('> b: 둘\n셋');
});

test('a long quotation is cut between letters, not inside one', () => {
  const excerpt = excerptOf('🙂'.repeat(200));
  expect(excerpt).toBe(`${'🙂'.repeat(80)}…`);
  expect(richText(`> a: ${excerpt}\nx`, []).quote?.excerpt).toBe(excerpt);
});

test('a quotation without an answer is only text', () => {
  expect(richText('> a: b\n', [])).toEqual({ quote: null, parts: [{ kind: 'text', text: '> a: b\n' }] });
  expect(richText('그냥 > 부등호', []).quote).toBeNull();
});

test('a long text without links is read in no time', () => {
  const text = `${'@'.repeat(2_000)}${'http://'.repeat(200)}`;
  expect(
    richText(text, ['a'])
      .parts.map(({ text: part }) => part)
      .join(''),
  ).toBe(text);
});

test('a name is completed behind @ at the caret', () => {
  const names = ['민지', '민수', 'Mina'];
  expect(completionOf('안녕 @민', 5, names)).toEqual({ start: 4, candidates: ['민지', '민수'] });
  expect(completionOf('@mi', 3, names)?.candidates).toEqual(['Mina']);
  expect(completionOf('@', 1, names)?.candidates).toEqual(names);
  expect(completionOf('a@민', 3, names)).toBeNull();
  expect(completionOf('@민지', 3, names)).toBeNull();
  expect(completionOf('안녕', 2, names)).toBeNull();
  expect(complete('안녕 @민 뭐 해', { start: 4, caret: 5 }, '민지')).toEqual({ text: '안녕 @민지  뭐 해', caret: 7 });
});
