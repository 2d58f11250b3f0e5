/** Making a room: what the form shows while it is asked for, waits to be asked again, or was refused. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { type CallWait, ClientError, type RestClient, type RoomCreated } from '../net/client.ts';
import type { Preferences } from './preferences.ts';
import type { Problem } from './problem.ts';
import type { Session } from './session.ts';

/** What a form shows of its own request. `wait`: the server could not be reached, and is asked again at a time. */
export type Attempt =
  | { status: 'idle' }
  | { status: 'busy'; wait: CallWait | null }
  | { status: 'failed'; problem: Problem };

/** What a room is made with. The name counts only where there is no session yet. */
export type RoomWish = { name: string; title: string; isPrivate: boolean };

/** See the file's sentence. */
export interface Entrance {
  readonly attempt: ReadonlySignal<Attempt>;
  /** Makes a room; null where that failed, and `attempt` then says why. */
  createRoom(wish: RoomWish): Promise<RoomCreated | null>;
  /** Forgets what went wrong. */
  reset(): void;
}

/** A person who waits sees the countdown; the call is given up only after this long. */
const PATIENCE_MS = 5 * 60_000;

const ENDED = new Set(['UNAUTHORIZED', 'SESSION_EXPIRED']);

/** See the file's sentence. */
export function createEntrance(deps: { rest: RestClient; session: Session; preferences: Preferences }): Entrance {
  const { rest, session, preferences } = deps;
  const attempt = signal<Attempt>({ status: 'idle' });

  const ask = ({ name, title, isPrivate }: RoomWish, token: string | undefined) =>
    rest.createRoom(name, {
      ...{ title, isPrivate, locale: preferences.language.value, deadlineMs: PATIENCE_MS },
      ...(token === undefined ? {} : { token }),
      retrying: (wait) => {
        attempt.value = { status: 'busy', wait };
      },
    });

  const askAsOneself = async (wish: RoomWish) => {
    const known = session.known.value;
    try {
      return await ask(wish, known?.token);
    } catch (error) {
      if (!known || !(error instanceof ClientError) || !ENDED.has(error.failure.code)) throw error;
      // The session has ended meanwhile; whoever only wants a room need not hear of it.
      return ask(wish, undefined);
    }
  };

  return {
    attempt,
    async createRoom(wish) {
      if (attempt.value.status === 'busy') return null;
      attempt.value = { status: 'busy', wait: null };
      try {
        const created = await askAsOneself(wish);
        attempt.value = { status: 'idle' };
        return created;
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        attempt.value = {
          status: 'failed',
          problem: { error: error.failure, language: preferences.language.value },
        };
        return null;
      }
    },
    reset() {
      if (attempt.value.status === 'failed') attempt.value = { status: 'idle' };
    },
  };
}
