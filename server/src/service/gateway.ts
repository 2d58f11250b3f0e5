/** Between a door and the use cases: the life of one connection, the same for Socket.IO and `/ws`. Types only. */
import type { Answer, ServerEventName, ServerEvents, WireError } from '../protocol/index.ts';
import type { Outlet } from './live-ports.ts';

/** One connection as its door makes it: an outlet for room events, and a way to tell this connection alone. */
export interface Peer extends Omit<Outlet, 'userId'> {
  readonly door: 'socketio' | 'websocket';
  /** Address of the client, proxies taken off. */
  readonly address: string;
  /** Sends one event to this connection only, in order with what was delivered before. Never throws. */
  emit<E extends ServerEventName>(event: E, payload: ServerEvents[E]): void;
}

/** What the service keeps of a connection; the door calls it. No method throws. */
export interface PeerSession {
  /** The token of the handshake (a JWT, or a guest's name). Resolves to null, or to what is wrong with it. */
  authenticate(token: string): Promise<WireError | null>;
  isAuthenticated(): boolean;
  /** A token was given that could not be checked, because Redis was away: no stranger yet. */
  isWaiting(): boolean;
  /** Checks that token again; the outcome shows in `isAuthenticated` and `isWaiting`. */
  askAgain(): void;
  /**
   * One request, as it came: name and payload are unknown until their schema has passed them.
   * `reply` is called exactly once, and for `join` in the very turn from which the room's events follow: the door MUST
   * write it to the connection synchronously. How an answer looks on the wire is the door's business.
   */
  request(name: string, payload: unknown, reply: (answer: Answer) => void): void;
  /** What a door itself has to refuse (broken JSON, binary), in the connection's language. */
  refusal(error: unknown): WireError;
  /** The language of texts from now on: a tag or an Accept-Language list. */
  useLocale(raw: string): void;
  /** The connection has ended, for whatever reason. Idempotent. */
  closed(): void;
}

/** The service as doors see it. */
export interface Gateway {
  /** A connection has come in; `locale` is its Accept-Language, if any. */
  open(peer: Peer, locale: string | undefined): PeerSession;
}

/** Connections of this node by session, so that one can be ended by its `sid`. */
export interface Connections {
  /** Every connection open here. */
  all(): Iterable<{ peer: Peer; sid: string | null; userId: string }>;
  /** Tells the connections of a session `SESSION_EXPIRED` and closes them. */
  endSession(sid: string): void;
  /** The same for connections whose token is too old at `nowMs` and was not renewed. */
  endExpired(nowMs: number): void;
  count(): number;
}
