/** The one connection of this tab, as whoever the session says; it comes and goes with the session. */
import { effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import type { Client, ClientState, Failure } from '../net/client.ts';
import type { KnownSession, Session } from './session.ts';

/** Who a client is made for: one session, or a guest who has only a name yet. */
export type Identity = { token: string } | { name: string };

/** See the file's sentence. */
export interface Line {
  readonly client: ReadonlySignal<Client | null>;
  readonly state: ReadonlySignal<ClientState>;
  /** Whether the connection that there is was ever complete. */
  readonly hasBeenLive: ReadonlySignal<boolean>;
  /** Why a guest was not let in. */
  readonly refusal: ReadonlySignal<Failure | null>;
  /** Connects under a name; the first join brings the session. */
  openAsGuest(name: string): void;
  close(): void;
}

const IDLE: ClientState = { status: 'idle' };

/** Connects whenever there is a session. */
export function createLine(session: Session, connect: (identity: Identity) => Client): Line {
  const client = signal<Client | null>(null);
  const state = signal<ClientState>(IDLE);
  const hasBeenLive = signal(false);
  const refusal = signal<Failure | null>(null);
  let userId: string | null = null;

  const hangUp = () => {
    client.value?.close();
    client.value = null;
    userId = null;
    state.value = IDLE;
  };
  const open = (identity: Identity) => {
    hangUp();
    refusal.value = null;
    hasBeenLive.value = false;
    const opened = connect(identity);
    opened.state.subscribe((next) => {
      if (client.value !== opened) return;
      state.value = next;
      if (next.status === 'live') hasBeenLive.value = true;
      if (next.status === 'refused') refused(opened, next.error);
    });
    opened.token.subscribe((token) => {
      if (client.value !== opened || token === undefined) return;
      userId = opened.me.value ?? userId;
      if (userId !== null && session.known.value?.token !== token) session.begin({ token, userId });
    });
    state.value = opened.state.value;
    client.value = opened;
  };
  const refused = (ended: Client, error: Failure) => {
    // Another tab may have a session by now that this connection never heard of.
    const known = session.known.value;
    if (known && known.token !== ended.token.value) follow(known);
    else if (known) session.end('expired');
    else {
      refusal.value = error;
      hangUp();
    }
  };
  const follow = (known: KnownSession) => {
    open({ token: known.token });
    userId = known.userId;
  };
  const stop = effect(() => {
    const known = session.known.value;
    untracked(() => {
      if (!known) {
        if (userId !== null) hangUp();
      } else if (known.userId !== userId) follow(known);
      else if (client.value && client.value.token.value !== known.token) client.value.setToken(known.token);
    });
  });
  return {
    client,
    state,
    hasBeenLive,
    refusal,
    openAsGuest: (name) => open({ name }),
    close() {
      stop();
      hangUp();
    },
  };
}
