/** The rooms one is in, with what is new in each: the browser's own list, kept true by the server. */
import { computed, type ReadonlySignal } from '@preact/signals';
import type { Failure, Message, OwnRoom, Room, RoomState, Unsubscribe } from '../net/client.ts';
import { othersIn } from './others.ts';
import { excerptOf } from './rich-text.ts';
import type { KeptRoom, Preview, RoomBook } from './room-book.ts';

/** One line of the list. `people` name a room that has no title. */
export type RoomView = {
  roomId: string;
  title: string | null;
  people: readonly string[];
  unread: number;
  preview: Preview | null;
  atMs: number;
  /** False where one has been away too long: opening it joins again. */
  isMember: boolean;
};

/** See the file's sentence. */
export interface RoomList {
  /** What has something new most recently comes first. */
  readonly rooms: ReadonlySignal<readonly RoomView[]>;
  /** Unread messages of all rooms. */
  readonly unread: ReadonlySignal<number>;
  /** Takes over what the server says about the rooms one is a member of. */
  check(rooms: readonly OwnRoom[]): void;
  /** Follows a room while it is open on the connection. `invite` is the secret it was opened with. */
  follow(room: Room, invite?: string): void;
  /** Stops following all of them. */
  stop(): void;
}

/** `heard` is told of each new message in any room that is followed. */
export function createRoomList(book: RoomBook, heard: (roomId: string, message: Message) => void): RoomList {
  const followed = new Map<Room, Unsubscribe>();
  const rooms = computed(() => book.rooms.value.map(viewOf).sort((a, b) => b.atMs - a.atMs));
  return {
    rooms,
    unread: computed(() => rooms.value.reduce((sum, { unread }) => sum + unread, 0)),
    check(own) {
      const members = new Map(own.map((room) => [room.roomId, room]));
      for (const { roomId } of book.rooms.value) if (!members.has(roomId)) book.note(roomId, { isMember: false });
      for (const { roomId, title, seq, readSeq } of own) {
        const atMs = book.find(roomId)?.atMs ?? 0;
        book.note(roomId, { title, seq, readSeq, isMember: true, atMs });
      }
    },
    follow(room, invite) {
      if (followed.has(room)) return;
      const ended = () => followed.delete(room);
      followed.set(room, followRoom(room, { book, heard, ended, invite }));
    },
    stop() {
      for (const stop of followed.values()) stop();
      followed.clear();
    },
  };
}

function viewOf({ roomId, title, people, seq, readSeq, preview, atMs, isMember }: KeptRoom): RoomView {
  return { roomId, title, people, unread: Math.max(0, seq - readSeq), preview, atMs, isMember };
}

type Hooks = {
  book: RoomBook;
  heard: (roomId: string, message: Message) => void;
  ended: () => void;
  invite: string | undefined;
};

function followRoom(room: Room, { book, heard, ended, invite }: Hooks): Unsubscribe {
  const { roomId, facts } = room;
  // Whoever has just come in has missed nothing: what was said before is history, not news.
  let isNew = book.find(roomId) === undefined;
  const noteFacts = () => {
    const { me, title, seq, reads } = facts.value;
    if (me === '') return;
    const readSeq = Math.max(Object.hasOwn(reads, me) ? (reads[me] ?? 0) : 0, isNew ? seq : 0);
    const first = isNew ? { atMs: Date.now() } : {};
    isNew = false;
    book.note(roomId, { title, seq, readSeq, isMember: true, ...(invite ? { invite } : {}), ...first });
  };
  const notePeople = () => {
    const { me } = facts.value;
    if (me !== '') book.note(roomId, { people: othersIn(room.roster.value, me) });
  };
  const noteState = (state: RoomState) => {
    const standing = standingOf(state);
    if (standing === null) return;
    if (standing === 'gone') book.remove(roomId);
    else if (standing === 'away') book.note(roomId, { isMember: false });
    stop();
    ended();
  };
  const stops = [
    facts.subscribe(noteFacts),
    room.roster.subscribe(notePeople),
    room.state.subscribe(noteState),
    room.events.subscribe((event) => {
      if (event.type !== 'message') return;
      book.note(roomId, newsOf(event.message, facts.value.me));
      heard(roomId, event.message);
    }),
  ];
  const stop = () => {
    for (const each of stops) each();
  };
  noteFacts();
  notePeople();
  return stop;
}

function newsOf({ seq, from, text, timestamp }: Message, me: string): Partial<KeptRoom> {
  // Whoever writes has seen what stands above.
  const read = from === me ? { readSeq: seq } : {};
  return { seq, preview: { from, text: excerptOf(text) }, atMs: Date.parse(timestamp), ...read };
}

const GONE: ReadonlySet<Failure['code']> = new Set(['ROOM_NOT_FOUND', 'FORBIDDEN']);

/** What the end of a room on the connection means for the list; null while it has not ended. */
function standingOf(state: RoomState): 'gone' | 'away' | 'unchanged' | null {
  if (state.status === 'left') return state.reason === 'expired' ? 'away' : 'gone';
  if (state.status !== 'refused') return null;
  return GONE.has(state.error.code) ? 'gone' : 'unchanged';
}
