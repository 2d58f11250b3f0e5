import { expect, test } from 'vitest';
import { sliceOf } from '../../src/model/slice.ts';
import { countUnread } from '../../src/model/unread-counts.ts';

const members = ['me', 'a', 'b', 'c'];

test('beside a message stands how many have not read it; its author and oneself have', () => {
  const count = countUnread({ members, reads: { a: 5, b: 3 }, me: 'me', isLarge: false });
  expect(count({ seq: 3, from: 'me' })).toBe(1);
  expect(count({ seq: 4, from: 'me' })).toBe(2);
  expect(count({ seq: 6, from: 'me' })).toBe(3);
  expect(count({ seq: 6, from: 'a' })).toBe(2);
  expect(count({ seq: 3, from: 'a' })).toBe(1);
});

test('an author who has left is not counted twice', () => {
  const count = countUnread({ members, reads: { a: 9, b: 9, c: 9 }, me: 'me', isLarge: false });
  expect(count({ seq: 4, from: 'gone' })).toBe(0);
});

test('a member named like a property of objects has read nothing until they have', () => {
  const count = countUnread({ members: ['me', 'constructor'], reads: {}, me: 'me', isLarge: false });
  expect(count({ seq: 1, from: 'me' })).toBe(1);
});

test('in a large room, where reads are not told, nothing is counted', () => {
  expect(countUnread({ members, reads: {}, me: 'me', isLarge: true })({ seq: 1, from: 'me' })).toBe(0);
});

const rows = Array.from({ length: 5_000 }, (_, index) => ({ key: `k${index}` }));

test('of a long conversation only the end is drawn, or what surrounds the row one looks at', () => {
  expect(sliceOf(rows, null)).toEqual({ start: 4_880, end: 5_000 });
  expect(sliceOf(rows, 'k2500')).toEqual({ start: 2_420, end: 2_620 });
  expect(sliceOf(rows, 'k10')).toEqual({ start: 0, end: 130 });
  expect(sliceOf(rows, 'k4990')).toEqual({ start: 4_910, end: 5_000 });
});

test('a row that is gone counts as the end, and a short conversation is drawn whole', () => {
  expect(sliceOf(rows, 'nowhere').end).toBe(5_000);
  expect(sliceOf(rows.slice(0, 3), null)).toEqual({ start: 0, end: 3 });
});
