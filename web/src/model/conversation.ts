/** One open room as the page shows it: everything a screen reads, as signals, and everything it can do. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import {
  ClientError,
  type Clock,
  type Failure,
  type Message,
  type Observable,
  type Room,
  type RoomState,
  type RoomStats,
  type RosterView,
  type Unsubscribe,
} from '../net/client.ts';
import { type Composing, createComposing } from './composing.ts';
import type { SharedValue } from './keep.ts';
import { createOlderPages, type OlderPages } from './older.ts';
import { othersIn } from './others.ts';
import { watchPending } from './pending.ts';
import { createReading } from './reading.ts';
import type { RoomBook } from './room-book.ts';
import { createRowBuilder, type Row } from './rows.ts';
import { createTypingList } from './typing.ts';
import { countUnread, type UnreadCount } from './unread-counts.ts';

/** A member in the list. */
export type MemberView = { userId: string; isOnline: boolean; isMe: boolean };

/** See the file's sentence. */
export interface Conversation {
  readonly roomId: string;
  readonly title: ReadonlySignal<string | null>;
  readonly me: ReadonlySignal<string>;
  readonly room: ReadonlySignal<RoomState>;
  readonly rows: ReadonlySignal<readonly Row[]>;
  readonly members: ReadonlySignal<readonly MemberView[]>;
  /** Whom the room is named after where it has no title. */
  readonly people: ReadonlySignal<readonly string[]>;
  readonly counts: ReadonlySignal<{ members: number; online: number }>;
  /** How many have not read a message. */
  readonly unreadCount: ReadonlySignal<UnreadCount>;
  readonly typing: ReadonlySignal<readonly string[]>;
  /** The newest message of somebody else that came while one was here. */
  readonly heard: ReadonlySignal<Message | null>;
  readonly older: Pick<OlderPages, 'state' | 'hasRead' | 'load'> & { readonly hasMore: boolean };
  readonly composing: Composing;
  /** Whether one made this room, and so may remove others. */
  readonly isCreator: ReadonlySignal<boolean>;
  /** Ends somebody's membership for good. Answers why it could not. */
  remove(userId: string): Promise<Failure | null>;
  /** Where the room stands and what it took to get there; `gaps` were told to the reader. */
  stats(): RoomStats & { gaps: number };
  /** Whether one sees the end of the conversation. */
  setAtEnd(isAtEnd: boolean): void;
  leave(): Promise<void>;
  close(): void;
}

/** What a conversation needs. `me` is who the session says one is, until the first join tells. */
export type ConversationDeps = {
  room: Room;
  me: string;
  clock: Clock;
  book: RoomBook;
  draft: SharedValue<string>;
  isWatched: ReadonlySignal<boolean>;
};

/** Watches a room until `close`, which leaves the room itself open. */
export function openConversation({ room, draft, clock, book, isWatched, ...deps }: ConversationDeps): Conversation {
  const stops: Unsubscribe[] = [];
  const watch = <T>(observable: Observable<T>): ReadonlySignal<T> => {
    const watched = signal(observable.value);
    stops.push(
      observable.subscribe((value) => {
        watched.value = value;
      }),
    );
    return watched;
  };
  const facts = watch(room.facts);
  const roster = watch(room.roster);
  const me = computed(() => facts.value.me || deps.me);
  const pending = watchPending(room.pending);
  const older = createOlderPages(room);
  const typing = createTypingList(room, clock);
  const gaps = watchGaps(room);
  const reading = createReading({ room, book, clock, isWatched });
  const timeline = watch(room.timeline);
  const heard = signal<Message | null>(null);
  const build = createRowBuilder();
  const stopHearing = room.events.subscribe((event) => {
    if (event.type === 'message' && event.message.from !== me.value) heard.value = event.message;
  });
  stops.push(stopHearing, pending.stop, older.stop, typing.stop, gaps.stop, reading.stop);
  return {
    roomId: room.roomId,
    me,
    composing: createComposing(room, draft),
    isCreator: computed(() => facts.value.isCreator),
    remove: (userId) => room.remove(userId).then(() => null, failureOf),
    title: computed(() => facts.value.title),
    room: watch(room.state),
    rows: computed(() =>
      build({
        messages: timeline.value,
        pending: pending.views.value,
        gaps: room.gaps(),
        toldSeqs: gaps.seqs.value,
        dividerSeq: reading.dividerSeq.value,
        me: me.value,
      }),
    ),
    members: computed(() => membersOf(roster.value, me.value)),
    people: computed(() => othersIn(roster.value, me.value)),
    counts: computed(() => ({ members: roster.value.memberCount, online: roster.value.onlineCount })),
    unreadCount: computed(() => countUnread(readSourceOf(roster.value, facts.value.reads, me.value))),
    typing: typing.names,
    heard,
    older: {
      state: older.state,
      hasRead: older.hasRead,
      load: older.load,
      get hasMore() {
        return room.hasOlder;
      },
    },
    stats: () => ({ ...room.stats, gaps: gaps.seqs.value.length }),
    setAtEnd: reading.setAtEnd,
    leave: () => room.leave(),
    close() {
      for (const stop of stops) stop();
    },
  };
}

function failureOf(error: unknown): Failure {
  if (error instanceof ClientError) return error.failure;
  throw error;
}

function readSourceOf({ members, memberCount }: RosterView, reads: Readonly<Record<string, number>>, me: string) {
  return { members, reads, me, isLarge: memberCount > members.length };
}

/** Oneself first, then who is online, then the rest, each by name. */
function membersOf({ members, online }: RosterView, me: string): MemberView[] {
  const views = members.map((userId) => ({ userId, isOnline: online.has(userId), isMe: userId === me }));
  const rank = (view: MemberView) => (view.isMe ? 0 : view.isOnline ? 1 : 2);
  return views.sort((a, b) => rank(a) - rank(b) || a.userId.localeCompare(b.userId));
}

/** The seqs before which the server told that something may be missing. */
function watchGaps(room: Room) {
  const seqs = signal<readonly number[]>([]);
  let isOpen = false;
  const stop = room.events.subscribe((event) => {
    if (event.type === 'gap') isOpen = true;
    if (event.type !== 'message' || !isOpen) return;
    isOpen = false;
    seqs.value = [...seqs.value, event.message.seq];
  });
  return { seqs, stop };
}
