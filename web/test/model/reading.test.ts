import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { createForgetfulStore } from '../../src/model/keep.ts';
import { createReading } from '../../src/model/reading.ts';
import { createRoomBook } from '../../src/model/room-book.ts';
import { createRoomList } from '../../src/model/room-list.ts';
import { FakeClock } from '../net/support/fake-clock.ts';
import { FakeRoom } from './support/fake-room.ts';

/** A room that is followed, and was read up to `readSeq` when it is opened. */
function openRoom({ seq = 0, readSeq = 0 } = {}) {
  const clock = new FakeClock();
  const book = createRoomBook(createForgetfulStore(), clock);
  const list = createRoomList(book, () => undefined);
  const room = new FakeRoom();
  book.note(room.roomId, { readSeq });
  list.follow(room);
  room.join({ seq });
  const isWatched = signal(true);
  const reading = createReading({ room, book, clock, isWatched });
  return { clock, book, room, isWatched, reading, unread: () => list.unread.value };
}

test('what stands at the end of the conversation is read while one looks, and told once for many', async () => {
  const { room, reading, clock, unread } = openRoom();
  reading.setAtEnd(true);
  for (let seq = 1; seq <= 20; seq++) room.say(seq, '철수');
  expect(unread()).toBe(0);
  await clock.advance(1_000);
  expect(room.marked).toEqual([20]);
});

test('nothing is read while one looks elsewhere, or further up', async () => {
  const { room, reading, isWatched, clock, unread } = openRoom();
  room.say(1, '철수');
  reading.setAtEnd(true);
  isWatched.value = false;
  room.say(2, '철수');
  await clock.advance(1_000);
  expect([unread(), room.marked]).toEqual([1, [1]]);
  isWatched.value = true;
  await clock.advance(1_000);
  expect([unread(), room.marked]).toEqual([0, [1, 2]]);
});

test('a line stands where one had stopped reading, and stays while one catches up', () => {
  const { reading } = openRoom({ seq: 9, readSeq: 4 });
  expect(reading.dividerSeq.value).toBe(4);
  reading.setAtEnd(true);
  expect(reading.dividerSeq.value).toBe(4);
});

test('no line stands in a room that was read to its end, or never', () => {
  expect(openRoom({ seq: 4, readSeq: 4 }).reading.dividerSeq.value).toBeNull();
  expect(openRoom({ seq: 4, readSeq: 0 }).reading.dividerSeq.value).toBeNull();
});

test('the line moves to what came while one looked elsewhere, and goes when one writes', () => {
  const { room, reading, isWatched } = openRoom();
  reading.setAtEnd(true);
  room.say(1, '철수');
  expect(reading.dividerSeq.value).toBeNull();
  isWatched.value = false;
  room.say(2, '철수');
  room.say(3, '철수');
  expect(reading.dividerSeq.value).toBe(1);
  isWatched.value = true;
  expect(reading.dividerSeq.value).toBe(1);
  room.say(4, 'me');
  expect(reading.dividerSeq.value).toBeNull();
});

test('a conversation that was closed reads nothing more', () => {
  const { room, reading, unread } = openRoom();
  reading.setAtEnd(true);
  reading.stop();
  room.say(1, '철수');
  expect(unread()).toBe(1);
});
