/** The client library's front, as the application sees it. */
import type { ConnectionFacts } from './connection-meter.ts';
import type { Failure } from './failure.ts';
import type { Observable } from './observable.ts';
import type { Room } from './room.ts';

/**
 * `idle`: no room is wanted, so neither is a connection; `live`: everything is here; `offline`: waiting for
 * `retryAtMs` (Unix time); `refused`: the server said to give up; `closed`: by `close()`.
 */
export type ClientState =
  | { status: 'idle' }
  | { status: 'connecting'; attempt: number }
  | { status: 'catching-up' }
  | { status: 'live' }
  | { status: 'offline'; attempt: number; retryAtMs: number; detail: string }
  | { status: 'refused'; error: Failure }
  | { status: 'closed' };

/** See `README.md`. */
export interface Client {
  readonly state: Observable<ClientState>;
  /** The token in use: given, or received by the first join of a guest. Keep it to come back as the same user. */
  readonly token: Observable<string | undefined>;
  /** Who one is, once a room was joined. Known before `token` changes. */
  readonly me: Observable<string | undefined>;
  /** Opens a room and goes on trying until it is left, refused or the client closed. The same object while open. */
  room(roomId: string, options?: { invite?: string }): Room;
  /** `room`, and waits for the first join. Rejects with a `ClientError` by the deadline; the room is then given up. */
  join(roomId: string, options?: { invite?: string; deadlineMs?: number }): Promise<Room>;
  /** Ends the waiting of `offline` at once. */
  reconnectNow(): void;
  /** Language of error texts from the next join on. */
  setLocale(locale: string): void;
  /** A fresher token of the same user, from the next connection and join on. */
  setToken(token: string): void;
  /** The connection in use, as last measured. */
  readonly connection: Observable<ConnectionFacts>;
  /** Measures it now. */
  measure(): Promise<void>;
  /** Ends everything; nobody is left waiting. Memberships stay, and so does what the storage holds. */
  close(): void;
}
