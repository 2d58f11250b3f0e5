/** Which names people may choose, and which texts are user ids. */
import { describe, expect, it, test } from 'vitest';
import { byCodePoint, codePoints, isJwt, isUserId, parseUserName } from '../../src/protocol/index.ts';

describe('a name', () => {
  it.each([
    ['홍길동', '홍길동'],
    ['  Anna  ', 'Anna'],
    ['1번 손님', '1번 손님'],
    ['a_b.c-d 9', 'a_b.c-d 9'],
    ['e\u0301va', '\u00e9va'],
    ['𐐀', '𐐀'],
    ['가'.repeat(32), '가'.repeat(32)],
  ])('%j becomes %j', (raw, name) => {
    expect(parseUserName(raw)).toBe(name);
    expect(isUserId(name)).toBe(true);
    expect(isUserId(`${name}#0042`)).toBe(true);
  });

  it.each(['', '   ', '_a', '-', 'a#1234', 'a:b', 'a*', '{a}', 'a\u0000', 'a\nb', 'a\tb', '👋', '가'.repeat(33)])(
    'cannot be %j',
    (raw) => {
      expect(parseUserName(raw)).toBeNull();
    },
  );
});

describe('a user id', () => {
  it.each(['a#123', 'a#12345', '#1234', ' a', 'a ', 'e\u0301va', 'a:b#1234'])('is not %j', (raw) => {
    expect(isUserId(raw)).toBe(false);
  });
});

it('code points are counted, not UTF-16 units', () => {
  expect(codePoints('a가👋')).toBe(3);
});

it('a JWT begins with eyJ and has two dots, everything else is a plain name', () => {
  expect(isJwt('eyJh.b.c')).toBe(true);
  for (const plain of ['eyJh.b', 'eyJh', 'user2', 'a.b.c', '']) expect(isJwt(plain)).toBe(false);
});

test('code-point order is that of UTF-8, surrogates included', () => {
  const names = ['a', 'ab', 'b', 'é', '가', '힣', '\uE000', '\uFFFD', '𝒳', '𐍈', '𝒳a', 'a𝒳', 'a\uE000', ''];
  const byBytes = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect([...names].sort(byCodePoint)).toEqual(byBytes);
  expect(byCodePoint('가나', '가나')).toBe(0);
});
