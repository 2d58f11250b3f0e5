/** Who one is in this browser: one session for all tabs, until it ends or one logs out. */
import { computed, type ReadonlySignal } from '@preact/signals';
import { isFields, stringField } from '../net/decode.ts';
import { parseJson, type SharedStore, share } from './keep.ts';

/** A session that can be gone on with. */
export type KnownSession = { token: string; userId: string };

/** `ended` says why there is none: nobody yet, the server ended it, or by one's own wish. */
export type SessionState = { known: KnownSession | null; ended: 'never' | 'expired' | 'left' };

/** See the file's sentence. */
export interface Session {
  readonly state: ReadonlySignal<SessionState>;
  readonly known: ReadonlySignal<KnownSession | null>;
  begin(session: KnownSession): void;
  /** Forgets the session in all tabs. */
  end(why: 'expired' | 'left'): void;
}

const NOBODY: SessionState = { known: null, ended: 'never' };

/** Reads what is kept, and follows the other tabs. */
export function createSession(store: SharedStore): Session {
  const shared = share<SessionState>(store, 'session', { read, write: (state) => JSON.stringify(state) });
  return {
    state: shared.value,
    known: computed(() => shared.value.value.known),
    begin: ({ token, userId }) => shared.set({ known: { token, userId }, ended: 'never' }),
    end: (why) => shared.set({ known: null, ended: why }),
  };
}

function read(text: string | null): SessionState {
  const state = parseJson(text);
  const known = isFields(state) ? state.known : null;
  const token = stringField(known, 'token');
  const userId = stringField(known, 'userId');
  if (token && userId) return { known: { token, userId }, ended: 'never' };
  const ended = stringField(state, 'ended');
  return ended === 'expired' || ended === 'left' ? { known: null, ended } : NOBODY;
}
