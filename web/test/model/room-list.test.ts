import { expect, test } from 'vitest';
import { createForgetfulStore } from '../../src/model/keep.ts';
import { createRoomBook } from '../../src/model/room-book.ts';
import { createRoomList } from '../../src/model/room-list.ts';
import { FakeClock } from '../net/support/fake-clock.ts';
import { FakeRoom } from './support/fake-room.ts';

function setUp() {
  const book = createRoomBook(createForgetfulStore(), new FakeClock());
  const heard: string[] = [];
  const list = createRoomList(book, (roomId, { text }) => heard.push(`${roomId} ${text}`));
  return { book, list, heard };
}

const unreadOf = (list: ReturnType<typeof createRoomList>) => list.rooms.value.map(({ unread }) => unread);

test('whoever comes in for the first time has missed nothing', () => {
  const { list } = setUp();
  const room = new FakeRoom();
  list.follow(room);
  room.join({ seq: 40, title: '등산' });
  expect(list.rooms.value).toMatchObject([{ title: '등산', unread: 0, isMember: true }]);
});

test('messages of others count as unread until they are read; own ones never do', () => {
  const { list, book, heard } = setUp();
  const room = new FakeRoom();
  list.follow(room);
  room.join();
  room.say(1, '철수');
  room.say(2, '철수');
  expect(unreadOf(list)).toEqual([2]);
  expect(list.unread.value).toBe(2);
  room.say(3, 'me');
  expect(unreadOf(list)).toEqual([0]);
  room.say(4, '철수', '> me: me 3\n그래');
  book.note(room.roomId, { readSeq: 4 });
  expect(unreadOf(list)).toEqual([0]);
  expect(list.rooms.value[0]?.preview).toEqual({ from: '철수', text: '그래' });
  expect(heard).toHaveLength(4);
});

test('what was read on another device is read here', () => {
  const { list } = setUp();
  const room = new FakeRoom();
  list.follow(room);
  room.join();
  room.say(1, '철수');
  room.facts.set({ ...room.facts.value, reads: { me: 1 } });
  expect(unreadOf(list)).toEqual([0]);
});

test('a room without a title is called by the others in it', () => {
  const { list } = setUp();
  const room = new FakeRoom();
  list.follow(room);
  room.join();
  const members = ['me', 'a', 'b', 'c', 'd'];
  room.roster.set({ ...room.roster.value, members, memberCount: 5 });
  expect(list.rooms.value[0]?.people).toEqual(['a', 'b', 'c']);
});

test('the room in which something happened last comes first', () => {
  const { list } = setUp();
  const [one, other] = [new FakeRoom('aaaaaaaa'), new FakeRoom('bbbbbbbb')];
  for (const room of [one, other]) {
    list.follow(room);
    room.join();
    room.say(1, '철수');
  }
  one.say(2, '철수');
  expect(list.rooms.value.map(({ roomId }) => roomId)).toEqual(['aaaaaaaa', 'bbbbbbbb']);
});

test.each([
  ['left', { status: 'left', reason: 'left' }, []],
  ['removed', { status: 'left', reason: 'removed' }, []],
  ['gone', { status: 'left', reason: 'gone' }, []],
  ['away for too long', { status: 'left', reason: 'expired' }, [false]],
  ['not found', { status: 'refused', error: { code: 'ROOM_NOT_FOUND', message: '', retryable: false } }, []],
  ['the client closed', { status: 'refused', error: { code: 'CLOSED', message: '', retryable: false } }, [true]],
] as const)('a room that is over because %s is in the list accordingly', (_why, state, memberships) => {
  const { list } = setUp();
  const room = new FakeRoom();
  list.follow(room);
  room.join();
  room.state.set(state);
  expect(list.rooms.value.map(({ isMember }) => isMember)).toEqual(memberships);
  room.say(9, '철수');
  expect(list.unread.value).toBe(0);
});

test('the server’s word decides where one is a member, and how much is unread', () => {
  const { list, book } = setUp();
  book.note('aaaaaaaa', { isMember: true, title: 'a' });
  book.note('bbbbbbbb', { isMember: true, title: 'b', readSeq: 4 });
  list.check([{ roomId: 'bbbbbbbb', title: 'b', seq: 9, readSeq: 2, memberCount: 3 }]);
  expect(book.find('aaaaaaaa')?.isMember).toBe(false);
  expect(list.rooms.value.find(({ roomId }) => roomId === 'bbbbbbbb')).toMatchObject({ unread: 5, isMember: true });
});

test('the secret of a private room is kept once its link has let one in', () => {
  const { list, book } = setUp();
  const room = new FakeRoom();
  list.follow(room, 's3cret');
  expect(book.find(room.roomId)).toBeUndefined();
  room.join();
  expect(book.find(room.roomId)?.invite).toBe('s3cret');
});
