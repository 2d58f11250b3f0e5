/** How far a room was read: told to the server and to the other tabs while one looks, and the line where one stopped. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Clock, Room, Unsubscribe } from '../net/client.ts';
import type { RoomBook } from './room-book.ts';

/** See the file's sentence. */
export interface Reading {
  /** What lies beyond this seq was new when one came back; null for no line. */
  readonly dividerSeq: ReadonlySignal<number | null>;
  /** Whether one sees the end of the conversation. */
  setAtEnd(isAtEnd: boolean): void;
  stop: Unsubscribe;
}

/** What reading depends on. `isWatched`: the page is in front and in use. */
export type ReadingDeps = { room: Room; book: RoomBook; clock: Clock; isWatched: ReadonlySignal<boolean> };

/** In a busy room the server need not hear of each message. */
const TELL_AFTER_MS = 400;

/** Begins with what the book says. */
export function createReading({ room, book, clock, isWatched }: ReadingDeps): Reading {
  const { roomId } = room;
  const isAtEnd = signal(false);
  const dividerSeq = signal<number | null>(null);
  const kept = computed(() => book.rooms.value.find((each) => each.roomId === roomId));
  const readSeq = computed(() => kept.value?.readSeq ?? 0);
  const seq = computed(() => kept.value?.seq ?? 0);
  let hasOpened = false;
  let isTelling = false;

  const tell = () => {
    isTelling = false;
    room.markRead(readSeq.value);
  };
  const stopTelling = effect(() => {
    if (!kept.value?.isMember || !isAtEnd.value || !isWatched.value || seq.value <= readSeq.value) return;
    book.note(roomId, { readSeq: seq.value });
    if (isTelling) return;
    isTelling = true;
    clock.after(TELL_AFTER_MS, tell);
  });
  const stopOpening = effect(() => {
    if (!kept.value?.isMember || room.facts.value.me === '' || hasOpened) return;
    hasOpened = true;
    if (readSeq.value > 0 && seq.value > readSeq.value) dividerSeq.value = readSeq.value;
  });
  const stopEvents = room.events.subscribe((event) => {
    if (event.type !== 'message') return;
    const { message } = event;
    if (message.from === room.facts.value.me) dividerSeq.value = null;
    else if (!isAtEnd.value || !isWatched.value) dividerSeq.value = readSeq.value;
  });
  return {
    dividerSeq,
    setAtEnd(value) {
      isAtEnd.value = value;
    },
    stop() {
      stopTelling();
      stopOpening();
      stopEvents();
    },
  };
}
