import { expect, test } from 'vitest';
import { createComposing } from '../../src/model/composing.ts';
import { createDrafts } from '../../src/model/drafts.ts';
import { createOlderPages } from '../../src/model/older.ts';
import { createRowBuilder } from '../../src/model/rows.ts';
import { createTypingList } from '../../src/model/typing.ts';
import { FakeClock, settleAll } from '../net/support/fake-clock.ts';
import { FakeRoom } from './support/fake-room.ts';
import { openBrowser } from './support/tabs.ts';

function setUp() {
  const { openTab } = openBrowser();
  const room = new FakeRoom();
  room.join();
  const composing = createComposing(room, createDrafts(openTab()).of(room.roomId));
  const other = createDrafts(openTab()).of(room.roomId);
  return { room, composing, other };
}

test('what is sent leaves the draft of every tab', () => {
  const { room, composing, other } = setUp();
  composing.write('안녕 ');
  expect(other.value.value).toBe('안녕 ');
  expect(composing.send()).toBe(true);
  expect([room.sent, other.value.value, room.typed]).toEqual([['안녕'], '', 1]);
});

test('blanks are not sent', () => {
  const { room, composing } = setUp();
  composing.write(' \n ');
  expect(composing.send()).toBe(false);
  expect(room.sent).toEqual([]);
});

test('a text that cannot even be queued stays in the draft, with the reason, until it is changed', () => {
  const { room, composing } = setUp();
  room.sends = { status: 'failed', error: { code: 'MESSAGE_TOO_LONG', message: '', retryable: false } };
  composing.write('너무 긴 글');
  expect(composing.send()).toBe(false);
  expect(composing.draft.value.value).toBe('너무 긴 글');
  expect(composing.problem.value?.code).toBe('MESSAGE_TOO_LONG');
  composing.write('짧게');
  expect(composing.problem.value).toBeNull();
});

test('the arrow up answers the newest message of somebody else, then those before it; down leads back', () => {
  const { room, composing } = setUp();
  const messages = [room.say(1, 'a', '하나'), room.say(2, 'me'), room.say(3, 'b', '셋')];
  const rows = createRowBuilder()({ messages, pending: [], gaps: [], toldSeqs: [], dividerSeq: null, me: 'me' });
  const turn = (direction: -1 | 1) => {
    composing.answerNext(rows, direction);
    return composing.answered.value?.text ?? null;
  };
  expect([turn(-1), turn(-1), turn(-1), turn(1), turn(1)]).toEqual(['셋', '하나', '하나', '셋', null]);
  turn(-1);
  composing.write('그래');
  composing.send();
  expect(room.sent).toEqual(['> b: 셋\n그래']);
  expect(composing.answered.value).toBeNull();
});

test('who types is shown for six seconds, or until they have written', async () => {
  const clock = new FakeClock();
  const room = new FakeRoom();
  room.join();
  const { names } = createTypingList(room, clock);
  for (const userId of ['a', 'b', 'me']) room.events.emit({ type: 'typing', userId });
  expect(names.value).toEqual(['a', 'b']);
  room.say(1, 'a');
  expect(names.value).toEqual(['b']);
  await clock.advance(6_000);
  expect(names.value).toEqual([]);
});

test('older pages are read one at a time, and one that failed can be asked for again', async () => {
  const room = new FakeRoom();
  room.hasOlder = true;
  let finish: () => void = () => undefined;
  room.pages.push(
    () => Promise.reject(new Error('no')),
    () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  );
  const older = createOlderPages(room);
  expect(older.state.value).toBe('resting');
  room.join();
  await settleAll();
  expect([older.state.value, older.hasRead.value]).toEqual(['failed', false]);
  void older.load();
  void older.load();
  expect([older.state.value, room.pages.length]).toEqual(['loading', 0]);
  finish();
  await settleAll();
  expect([older.state.value, older.hasRead.value]).toEqual(['resting', true]);
});
