/** Tells of new messages while one looks elsewhere: of all, of those that mean one, or of none. */
import { effect, type ReadonlySignal } from '@preact/signals';
import type { Clock, Message } from '../net/client.ts';
import type { Preferences } from './preferences.ts';
import { excerptOf, mentions } from './rich-text.ts';
import type { RoomBook } from './room-book.ts';

/** What the browser can do. `show` replaces an earlier notice of the same room; `chosen` is called when it is clicked. */
export interface NoticeBoard {
  /** Whether notices may be shown; `unsupported` where the browser has none. */
  readonly permission: ReadonlySignal<'default' | 'granted' | 'denied' | 'unsupported'>;
  ask(): Promise<void>;
  show(notice: { roomId: string; title: string; body: string; chosen(): void }): void;
}

/** What it needs. */
export type NotifierDeps = {
  preferences: Preferences;
  book: RoomBook;
  clock: Clock;
  board: NoticeBoard;
  isWatched: ReadonlySignal<boolean>;
  me: ReadonlySignal<string>;
  open(roomId: string): void;
};

/** Another tab in which the room is watched says within this time that it has been read. */
const READ_ELSEWHERE_MS = 1_200;

/** `heard` is to be called with each new message of any room. */
export function createNotifier(deps: NotifierDeps): { heard(roomId: string, message: Message): void } {
  const { preferences, book, clock, board, isWatched, me, open } = deps;
  effect(() => {
    // A browser that has taken the permission back shows nothing: the choice goes back with it.
    if (board.permission.value === 'denied' && preferences.notices.value !== 'off') preferences.setNotices('off');
  });
  const isWanted = ({ from, text }: Message) => {
    const wanted = preferences.notices.value;
    if (wanted === 'off' || board.permission.value !== 'granted' || from === me.value) return false;
    return wanted === 'all' || mentions(text, me.value);
  };
  return {
    heard(roomId, message) {
      if (isWatched.value || !isWanted(message)) return;
      clock.after(READ_ELSEWHERE_MS, () => {
        const room = book.find(roomId);
        if (!room || room.readSeq >= message.seq) return;
        const title = room.title ? `${message.from} · ${room.title}` : message.from;
        board.show({ roomId, title, body: excerptOf(message.text), chosen: () => open(roomId) });
      });
    },
  };
}
