/** One open room as the page shows it: everything a screen reads, as signals, and everything it can do. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type {
  Client,
  ClientState,
  Clock,
  Observable,
  Room,
  RoomState,
  RosterView,
  Unsubscribe,
} from '../net/client.ts';
import { watchPending } from './pending.ts';
import { type Row, rowsOf } from './rows.ts';

/** A member in the list. */
export type MemberView = { userId: string; isOnline: boolean; isMe: boolean };

/** See the file's sentence. */
export interface Conversation {
  readonly roomId: string;
  readonly title: ReadonlySignal<string | null>;
  readonly me: ReadonlySignal<string>;
  readonly room: ReadonlySignal<RoomState>;
  readonly connection: ReadonlySignal<ClientState>;
  readonly rows: ReadonlySignal<readonly Row[]>;
  readonly members: ReadonlySignal<readonly MemberView[]>;
  readonly counts: ReadonlySignal<{ members: number; online: number }>;
  readonly typing: ReadonlySignal<readonly string[]>;
  readonly isLoadingOlder: ReadonlySignal<boolean>;
  send(text: string): void;
  type(): void;
  loadOlder(): Promise<void>;
  leave(): Promise<void>;
  reconnectNow(): void;
  close(): void;
}

/** How long a sign of typing is shown. */
const TYPING_MS = 6_000;

/** Opens a room and watches it until `close`. */
export function openConversation(client: Client, roomId: string, clock: Clock): Conversation {
  const room = client.room(roomId);
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
  const timeline = watch(room.timeline);
  const roster = watch(room.roster);
  const pending = watchPending(room.pending);
  const older = createOlderLoader(room);
  const typing = createTypingList(room, clock);
  const told = watchGaps(room);
  stops.push(pending.stop, older.stop, typing.stop, told.stop);
  const me = computed(() => facts.value.me);
  return {
    roomId,
    me,
    title: computed(() => facts.value.title),
    room: watch(room.state),
    connection: watch(client.state),
    rows: computed(() =>
      rowsOf({
        messages: timeline.value,
        pending: pending.views.value,
        gaps: room.gaps(),
        toldSeqs: told.seqs.value,
        me: me.value,
      }),
    ),
    members: computed(() => membersOf(roster.value, me.value)),
    counts: computed(() => ({ members: roster.value.memberCount, online: roster.value.onlineCount })),
    typing: computed(() => typing.names.value.filter((name) => name !== me.value)),
    isLoadingOlder: older.isLoading,
    send: (text) => void room.send(text),
    type: () => room.typing(),
    loadOlder: older.load,
    leave: () => room.leave(),
    reconnectNow: () => client.reconnectNow(),
    close() {
      for (const stop of stops) stop();
    },
  };
}

/** Oneself first, then who is online, then the rest, each by name. */
function membersOf({ members, online }: RosterView, me: string): MemberView[] {
  const views = members.map((userId) => ({ userId, isOnline: online.has(userId), isMe: userId === me }));
  const rank = (view: MemberView) => (view.isMe ? 0 : view.isOnline ? 1 : 2);
  return views.sort((a, b) => rank(a) - rank(b) || a.userId.localeCompare(b.userId));
}

/** Reads the newest page once the room is live, and older ones when asked, one at a time. */
function createOlderLoader(room: Room) {
  const isLoading = signal(false);
  let hasRead = false;
  const load = async () => {
    if (isLoading.value || !room.hasOlder || room.state.value.status !== 'live') return;
    isLoading.value = true;
    // What fails is read again by the next scroll; the connection banner already says why.
    await room.loadOlder().catch(() => undefined);
    isLoading.value = false;
  };
  const look = () => {
    if (hasRead || room.state.value.status !== 'live') return;
    hasRead = true;
    void load();
  };
  const stop = room.state.subscribe(look);
  look();
  return { isLoading, load, stop };
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

function createTypingList(room: Room, clock: Clock) {
  const names = signal<readonly string[]>([]);
  const cancels = new Map<string, () => void>();
  const drop = (userId: string) => {
    cancels.get(userId)?.();
    cancels.delete(userId);
    names.value = [...cancels.keys()];
  };
  const stop = room.events.subscribe((event) => {
    if (event.type === 'message') drop(event.message.from);
    if (event.type !== 'typing') return;
    cancels.get(event.userId)?.();
    cancels.set(
      event.userId,
      clock.after(TYPING_MS, () => drop(event.userId)),
    );
    names.value = [...cancels.keys()];
  });
  return {
    names,
    stop() {
      stop();
      for (const cancel of cancels.values()) cancel();
    },
  };
}
