import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { createForgetfulStore } from '../../src/model/keep.ts';
import { createNotifier, type NoticeBoard } from '../../src/model/notifier.ts';
import { createPreferences, type Notices } from '../../src/model/preferences.ts';
import { createRoomBook } from '../../src/model/room-book.ts';
import { FakeClock } from '../net/support/fake-clock.ts';

const ROOM = 'abc12345';

function setUp(wanted: Notices) {
  const clock = new FakeClock();
  const store = createForgetfulStore();
  const book = createRoomBook(store, clock);
  const preferences = createPreferences(store, ['ko']);
  preferences.setNotices(wanted);
  const shown: string[] = [];
  const permission = signal<'default' | 'granted' | 'denied' | 'unsupported'>('granted');
  const board: NoticeBoard = {
    permission,
    ask: async () => undefined,
    show: ({ title, body }) => shown.push(`${title}: ${body}`),
  };
  const isWatched = signal(false);
  const open = () => undefined;
  const notifier = createNotifier({ preferences, book, clock, board, isWatched, me: signal('영희'), open });
  const hear = (text: string, from = '철수', seq = 1) => {
    book.note(ROOM, { seq, title: '등산' });
    notifier.heard(ROOM, { roomId: ROOM, seq, id: `e.1-${seq}`, from, text, timestamp: '' });
    return clock.advance(2_000);
  };
  return { hear, shown, isWatched, permission, preferences, book };
}

test('one is told of everything, or only when one is meant, or of nothing', async () => {
  const [all, mentions, off] = [setUp('all'), setUp('mentions'), setUp('off')];
  for (const { hear } of [all, mentions, off]) {
    await hear('안녕');
    await hear('@영희 어디야');
  }
  expect(all.shown).toEqual(['철수 · 등산: 안녕', '철수 · 등산: @영희 어디야']);
  expect(mentions.shown).toEqual(['철수 · 등산: @영희 어디야']);
  expect(off.shown).toEqual([]);
});

test('one is not told of what one sees, or wrote, or has read in another tab', async () => {
  const { hear, shown, isWatched, book } = setUp('all');
  isWatched.value = true;
  await hear('보는 중');
  isWatched.value = false;
  await hear('내 글', '영희', 2);
  book.note(ROOM, { readSeq: 3 });
  await hear('다른 탭에서 읽음', '철수', 3);
  expect(shown).toEqual([]);
});

test('without permission nothing is shown, and a denied one turns the choice off', async () => {
  const { hear, shown, permission, preferences } = setUp('all');
  permission.value = 'default';
  await hear('안녕');
  expect([shown, preferences.notices.value]).toEqual([[], 'all']);
  permission.value = 'denied';
  expect(preferences.notices.value).toBe('off');
});
