import { expect, test } from 'vitest';
import { createRecentMessages } from '../../src/fanout/recent-messages.ts';

const text = (seq: number) => Buffer.from(`m${String(seq).padStart(9, '0')}`);

function keep(maxBytes = 1_000_000) {
  const recent = createRecentMessages(maxBytes);
  const add = (roomId: string, from: number, to: number) => {
    for (let seq = from; seq <= to; seq++) recent.add(roomId, seq, text(seq));
  };
  return { ...recent, add };
}

test('what follows a place is there, as many as asked', () => {
  const recent = keep();
  recent.add('a', 5, 9);
  expect(recent.after('a', 4, 10)).toEqual([5, 6, 7, 8, 9].map(text));
  expect(recent.after('a', 6, 2)).toEqual([7, 8].map(text));
  expect(recent.after('a', 9, 10)).toEqual([]);
});

test('a place before what is kept is not answered with less', () => {
  const recent = keep();
  recent.add('a', 5, 9);
  expect(recent.after('a', 3, 10)).toBeNull();
  expect(recent.after('b', 0, 10)).toBeNull();
});

test('a message beyond a hole starts afresh', () => {
  const recent = keep();
  recent.add('a', 1, 3);
  recent.add('a', 5, 6);
  expect(recent.after('a', 3, 10)).toBeNull();
  expect(recent.after('a', 4, 10)).toEqual([5, 6].map(text));
  expect(recent.bytes()).toBe(20);
});

test('older messages are put before those that are kept, without those that are there', () => {
  const recent = keep();
  recent.add('a', 4, 5);
  recent.fill('a', 2, [2, 3, 4, 5].map(text));
  expect(recent.after('a', 1, 10)).toEqual([2, 3, 4, 5].map(text));
  expect(recent.bytes()).toBe(40);
});

test('older messages that do not meet those that are kept are left out', () => {
  const recent = keep();
  recent.add('a', 8, 9);
  recent.fill('a', 2, [2, 3].map(text));
  expect(recent.after('a', 1, 10)).toBeNull();
  expect(recent.after('a', 7, 10)).toEqual([8, 9].map(text));
});

test('an empty room is filled, and goes on from there', () => {
  const recent = keep();
  recent.fill('a', 2, [2, 3].map(text));
  recent.add('a', 4, 4);
  expect(recent.after('a', 1, 10)).toEqual([2, 3, 4].map(text));
});

test('when memory is full the room that was used least recently goes first', () => {
  const recent = keep(60);
  recent.add('a', 1, 2);
  recent.add('b', 1, 2);
  recent.add('a', 3, 3);
  recent.add('c', 1, 2);
  expect(recent.after('b', 0, 10)).toBeNull();
  expect(recent.after('a', 0, 10)).toEqual([1, 2, 3].map(text));
  expect(recent.bytes()).toBeLessThanOrEqual(60);
});

test('one room keeps no more than two logs full', () => {
  const recent = keep();
  recent.add('a', 1, 5_000);
  expect(recent.bytes()).toBeLessThan(20_000);
  expect(recent.after('a', 4_000, 2)).toEqual([4_001, 4_002].map(text));
});

test('a room that is forgotten gives its memory back', () => {
  const recent = keep();
  recent.add('a', 1, 3);
  recent.forget('a');
  recent.forget('a');
  expect(recent.bytes()).toBe(0);
  expect(recent.after('a', 3, 1)).toBeNull();
});
