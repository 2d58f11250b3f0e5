/** Keeps the connection in every room one is a member of, for as long as there is a session. */
import { effect, untracked } from '@preact/signals';
import { type Client, ClientError, type RestClient, type Room } from '../net/client.ts';
import type { Line } from './line.ts';
import type { Preferences } from './preferences.ts';
import type { RoomBook } from './room-book.ts';
import type { RoomList } from './room-list.ts';
import type { Session } from './session.ts';

/** What it needs. */
export type MembershipDeps = {
  line: Line;
  session: Session;
  preferences: Preferences;
  book: RoomBook;
  list: RoomList;
  rest: RestClient;
};

/** One connection takes 50; some are left for rooms that are opened later. */
const FOLLOWED_MAX = 40;
/** The first check tries for this long; without a network there is nothing to check. */
const PATIENCE_MS = 10 * 60_000;

/** A room, and the secret that its link may carry. */
export type RoomDoor = { roomId: string; invite?: string | undefined };

/** Opens a room on the connection of the present session and follows it. */
export function openRoom(deps: Pick<MembershipDeps, 'book' | 'list'>, client: Client, door: RoomDoor): Room {
  const { book, list } = deps;
  const invite = door.invite ?? book.find(door.roomId)?.invite ?? undefined;
  const room = client.room(door.roomId, invite === undefined ? {} : { invite });
  list.follow(room, invite);
  return room;
}

/** Begins with each new connection; `stop` ends it. */
export function keepMemberships(deps: MembershipDeps): () => void {
  const { line, list } = deps;
  const stop = effect(() => {
    const client = line.client.value;
    return untracked(() => {
      if (!client) return undefined;
      void checkRooms(deps, client);
      return () => list.stop();
    });
  });
  return () => stop();
}

async function checkRooms({ line, session, preferences, book, list, rest }: MembershipDeps, client: Client) {
  const known = session.known.value;
  if (!known) return;
  try {
    const { token } = known;
    const me = await rest.me({ token, locale: preferences.language.value, deadlineMs: PATIENCE_MS });
    if (line.client.value !== client) return;
    list.check(me.rooms);
    const members = list.rooms.value.filter(({ isMember }) => isMember).slice(0, FOLLOWED_MAX);
    for (const { roomId } of members) openRoom({ book, list }, client, { roomId });
  } catch (error) {
    // The list goes on showing what the browser knows; a session that has ended shows when a room is opened.
    if (!(error instanceof ClientError)) throw error;
    const hasEnded = error.failure.code === 'UNAUTHORIZED' || error.failure.code === 'SESSION_EXPIRED';
    if (hasEnded && session.known.value?.token === known.token) session.end('expired');
  }
}
