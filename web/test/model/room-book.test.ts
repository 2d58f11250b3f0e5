import { expect, test } from 'vitest';
import { createRoomBook } from '../../src/model/room-book.ts';
import { FakeClock } from '../net/support/fake-clock.ts';
import { openBrowser } from './support/tabs.ts';

const ROOM = 'abc12345';

function openBooks() {
  const { openTab, values } = openBrowser();
  const clock = new FakeClock();
  return { clock, values, openTab, one: createRoomBook(openTab(), clock), other: createRoomBook(openTab(), clock) };
}

test('a room that one tab opens stands in the list of every tab at once', () => {
  const { one, other } = openBooks();
  one.note(ROOM, { title: '등산', isMember: true });
  expect(other.rooms.value).toMatchObject([{ roomId: ROOM, title: '등산', isMember: true }]);
});

test('how far a room was read never goes back, whichever tab says so', async () => {
  const { one, other, clock } = openBooks();
  one.note(ROOM, { seq: 9, readSeq: 7 });
  other.note(ROOM, { readSeq: 3 });
  await clock.advance(1_000);
  expect(one.find(ROOM)).toMatchObject({ seq: 9, readSeq: 7 });
  one.note(ROOM, { readSeq: 9 });
  await clock.advance(1_000);
  expect(other.find(ROOM)?.readSeq).toBe(9);
});

test('a room that another tab has removed does not come back', async () => {
  const { one, other, clock } = openBooks();
  one.note(ROOM, { title: 'a' });
  one.note(ROOM, { seq: 5 });
  other.remove(ROOM);
  await clock.advance(1_000);
  expect([one.rooms.value, other.rooms.value]).toEqual([[], []]);
});

test('a busy room is written twice a second at most, and at once when the page goes', async () => {
  const { one, clock, values } = openBooks();
  one.note(ROOM, { title: 'a' });
  const writes: (string | undefined)[] = [];
  for (let seq = 1; seq <= 50; seq++) {
    one.note(ROOM, { seq });
    await clock.advance(20);
    const now = values.get('c2c.rooms');
    if (now !== writes.at(-1)) writes.push(now);
  }
  expect(writes.length).toBeLessThanOrEqual(3);
  one.note(ROOM, { seq: 60 });
  one.flush();
  expect(values.get('c2c.rooms')).toContain('"seq":60');
});

test('a long message is kept as its beginning', () => {
  const { one } = openBooks();
  one.note(ROOM, { preview: { from: 'a', text: 'x'.repeat(4_000) } });
  expect(one.find(ROOM)?.preview?.text).toHaveLength(120);
});

test('what is no room in the store is passed over', () => {
  const { openTab, values, clock } = openBooks();
  values.set('c2c.rooms', JSON.stringify([{ roomId: 'UPPER' }, 3, { roomId: ROOM, seq: 'x' }, null]));
  expect(createRoomBook(openTab(), clock).rooms.value).toMatchObject([{ roomId: ROOM, seq: 0, invite: null }]);
});

test('forgetting all rooms reaches every tab', () => {
  const { one, other } = openBooks();
  one.note(ROOM, { title: 'a' });
  other.clear();
  expect(one.rooms.value).toEqual([]);
});
