/** The page as a whole: who one is, which rooms there are, and what one can do. Knows neither DOM nor socket. */
import { parseUserName } from '@c2c/server/protocol';
import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import type { Client, ClientState, Clock, ConnectionFacts, RestClient } from '../net/client.ts';
import { createDrafts } from './drafts.ts';
import { createEntrance, type Entrance, type RoomWish } from './entrance.ts';
import type { SharedStore } from './keep.ts';
import { createLine, type Identity } from './line.ts';
import { keepMemberships } from './membership.ts';
import { createNotifier, type NoticeBoard } from './notifier.ts';
import { createPreferences, type Preferences } from './preferences.ts';
import { createRoomBook } from './room-book.ts';
import { createRoomList, type RoomList } from './room-list.ts';
import { inviteOf, pathOfRoom } from './route.ts';
import { createSession, type KnownSession } from './session.ts';
import { type Address, createStage, type Stage } from './stage.ts';

/** What the page needs from the browser. */
export type AppDeps = {
  /** Shared by all tabs. */
  store: SharedStore;
  /** The languages the browser asks for. */
  wanted: readonly string[];
  rest: RestClient;
  connect(identity: Identity & { locale: string }): Client;
  /** Forgets what waits to be sent, for good. */
  forgetOutbox(): Promise<void>;
  clock: Clock;
  /** The page is in front and in use. */
  isWatched: ReadonlySignal<boolean>;
  /** The browser believes that there is a network. */
  isOnline: ReadonlySignal<boolean>;
  address: Address;
  /** Where notices are shown while one looks elsewhere. */
  board: NoticeBoard;
};

/** Something that happened beside what one looks at, told for a few seconds. */
export type Notice = 'logged-out-here' | 'leave-failed';

/** See the file's sentence. */
export interface App extends Pick<Stage, 'screen' | 'roomId' | 'inviteLink' | 'go'>, Actions {
  readonly preferences: Preferences;
  readonly entrance: Pick<Entrance, 'attempt' | 'reset'>;
  readonly rooms: Pick<RoomList, 'rooms' | 'unread'>;
  readonly session: ReadonlySignal<KnownSession | null>;
  readonly connection: ReadonlySignal<ClientState>;
  /** Whether that connection was ever complete. */
  readonly hasBeenLive: ReadonlySignal<boolean>;
  readonly isOnline: ReadonlySignal<boolean>;
  readonly notice: ReadonlySignal<Notice | null>;
  readonly board: Pick<NoticeBoard, 'permission' | 'ask'>;
}

/** What one can do on every screen. */
export interface Actions {
  /** A name as the server takes it, or null. */
  readName(raw: string): string | null;
  /** Makes a room and goes there. What went wrong stands in `entrance`. */
  createRoom(wish: RoomWish): Promise<void>;
  /** Enters the room of the address under a name. */
  enter(name: string): void;
  /** Tries the room of the address again. */
  enterAgain(): void;
  /** Ends the membership of the room that is shown. */
  leave(): Promise<void>;
  /** Leaves every room and forgets everything, in all tabs. */
  logOut(): Promise<void>;
  /** The network is back, or somebody cannot wait. */
  reconnectNow(): void;
  /** Measures the connection; null without one. */
  measure(): Promise<ConnectionFacts | null>;
  /** Texts of the server come in this language from now on. */
  setLanguage(language: Parameters<Preferences['setLanguage']>[0]): void;
  /** The page may be gone in a moment. */
  flush(): void;
}

const NOTICE_MS = 6_000;
const LOG_OUT_MS = 5_000;

/** Puts the parts together and shows the address's screen. */
export function createApp(deps: AppDeps): App {
  const parts = createParts(deps);
  const { preferences, session, book, line, stage } = parts;
  const notice = signal<Notice | null>(null);
  const tell = (next: Notice) => {
    notice.value = next;
    deps.clock.after(NOTICE_MS, () => {
      if (notice.value === next) notice.value = null;
    });
  };
  keepMemberships(parts);
  effect(() => {
    if (session.state.value.ended !== 'expired') return;
    untracked(() => {
      for (const { roomId } of book.rooms.value) book.note(roomId, { isMember: false });
    });
  });
  return {
    preferences,
    entrance: parts.entrance,
    rooms: parts.list,
    session: session.known,
    connection: line.state,
    hasBeenLive: line.hasBeenLive,
    isOnline: deps.isOnline,
    notice,
    board: deps.board,
    screen: stage.screen,
    roomId: stage.roomId,
    inviteLink: stage.inviteLink,
    go: stage.go,
    ...createActions(parts, tell),
  };
}

type Parts = ReturnType<typeof createParts>;

function createParts(deps: AppDeps) {
  const { store, rest, clock, address, isWatched } = deps;
  const preferences = createPreferences(store, deps.wanted);
  const session = createSession(store);
  const book = createRoomBook(store, clock);
  const drafts = createDrafts(store);
  const me = computed(() => session.known.value?.userId ?? '');
  const open = (roomId: string) => stage.go(pathOfRoom(roomId));
  const notifier = createNotifier({ preferences, book, clock, isWatched, me, open, board: deps.board });
  const list = createRoomList(book, notifier.heard);
  const line = createLine(session, (identity) => deps.connect({ ...identity, locale: preferences.language.value }));
  const entrance = createEntrance({ rest, session, preferences });
  const { name } = preferences;
  const stage: Stage = createStage({ address, line, session, book, list, drafts, clock, isWatched, name });
  return { ...deps, preferences, session, book, drafts, list, line, entrance, stage };
}

function createActions(parts: Parts, tell: (notice: Notice) => void): Actions {
  const { preferences, session, book, drafts, line, entrance, stage, rest, clock } = parts;
  return {
    readName: parseUserName,
    async createRoom(wish) {
      const created = await entrance.createRoom(wish);
      if (!created) return;
      if (!session.known.value) preferences.setName(wish.name);
      const invite = inviteOf(created.inviteUrl);
      book.note(created.roomId, {
        isMember: true,
        ...{ invite: invite ?? null, title: wish.title || null, atMs: clock.now() },
      });
      session.begin(created);
      stage.go(pathOfRoom(created.roomId, invite));
    },
    enter(name) {
      preferences.setName(name);
      line.openAsGuest(name);
    },
    enterAgain: stage.reopen,
    async leave() {
      try {
        await stage.conversation.value?.leave();
        stage.go('/');
      } catch {
        tell('leave-failed');
      }
    },
    async logOut() {
      const token = session.known.value?.token;
      const call = { locale: preferences.language.value, deadlineMs: LOG_OUT_MS };
      const ended = token === undefined ? undefined : rest.logOut({ ...call, token });
      await ended?.catch(() => tell('logged-out-here'));
      session.end('left');
      drafts.clear(book.rooms.value.map(({ roomId }) => roomId));
      book.clear();
      preferences.setName('');
      stage.go('/');
      await parts.forgetOutbox();
    },
    reconnectNow: () => line.client.value?.reconnectNow(),
    async measure() {
      const { value: client } = line.client;
      await client?.measure();
      return client?.connection.value ?? null;
    },
    setLanguage(language) {
      preferences.setLanguage(language);
      line.client.value?.setLocale(language);
    },
    flush: book.flush,
  };
}
