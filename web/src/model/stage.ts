/** What the address shows: the room that is open, or the screen that stands in its place. */
import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import type { Client, Clock } from '../net/client.ts';
import { type Conversation, openConversation } from './conversation.ts';
import type { Drafts } from './drafts.ts';
import type { Line } from './line.ts';
import { openRoom } from './membership.ts';
import type { RoomBook } from './room-book.ts';
import type { RoomList } from './room-list.ts';
import { parseRoute, pathOfRoom } from './route.ts';
import { type Screen, screenOf } from './screen.ts';
import type { Session } from './session.ts';

/** The address bar, from the path on. */
export type Address = { origin: string; read(): string; go(path: string): void; subscribe(changed: () => void): void };

/** What the stage needs. */
export type StageDeps = {
  address: Address;
  line: Line;
  session: Session;
  book: RoomBook;
  list: RoomList;
  drafts: Drafts;
  clock: Clock;
  isWatched: ReadonlySignal<boolean>;
  /** Who one will be, until the first join tells. */
  name: ReadonlySignal<string>;
};

/** See the file's sentence. */
export interface Stage {
  readonly screen: ReadonlySignal<Screen>;
  readonly conversation: ReadonlySignal<Conversation | null>;
  /** The room of the address. */
  readonly roomId: ReadonlySignal<string | null>;
  /** The link of that room, with a private room's secret. */
  readonly inviteLink: ReadonlySignal<string>;
  go(path: string): void;
  /** Opens the room of the address anew. */
  reopen(): void;
}

/** Follows the address. */
export function createStage(deps: StageDeps): Stage {
  const { address, line, session, book } = deps;
  const route = signal(parseRoute(address.read()));
  const openings = signal(0);
  const conversation = signal<Conversation | null>(null);
  const roomId = computed(() => (route.value.screen === 'room' ? route.value.roomId : null));
  const invite = computed(() => (route.value.screen === 'room' ? route.value.invite : undefined));
  const follow = () => {
    route.value = parseRoute(address.read());
  };
  address.subscribe(follow);
  effect(() => {
    const client = line.client.value;
    const id = roomId.value;
    openings.value;
    untracked(() => {
      conversation.value?.close();
      conversation.value = client && id !== null ? openHere(deps, client, { roomId: id, invite: invite.value }) : null;
    });
  });
  return {
    conversation,
    roomId,
    screen: computed(() =>
      screenOf({
        route: route.value,
        session: session.state.value,
        conversation: conversation.value,
        refusal: line.refusal.value,
      }),
    ),
    inviteLink: computed(() => {
      const kept = book.rooms.value.find((room) => room.roomId === roomId.value);
      return address.origin + pathOfRoom(roomId.value ?? '', kept?.invite ?? invite.value);
    }),
    go(path) {
      address.go(path);
      follow();
    },
    reopen() {
      openings.value += 1;
    },
  };
}

function openHere(deps: StageDeps, client: Client, door: { roomId: string; invite: string | undefined }): Conversation {
  const { session, name, drafts, clock, book, list, isWatched } = deps;
  const room = openRoom({ book, list }, client, door);
  const me = session.known.value?.userId ?? name.value;
  return openConversation({ room, me, clock, book, draft: drafts.of(door.roomId), isWatched });
}
