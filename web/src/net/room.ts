/** One room as the application sees it. */
import type { LeaveReason, Message } from '@c2c/server/protocol';
import type { Failure } from './failure.ts';
import type { Observable, Stream } from './observable.ts';
import type { Outgoing } from './outgoing.ts';
import type { GapReason } from './replay.ts';
import type { RosterView } from './roster.ts';
import type { Gap } from './timeline.ts';

/**
 * `joining`: not joined on a connection (also while offline); `catching-up`: what was missed is being read; `live`:
 * everything is here; `left` and `refused` are final: open the room again to try again.
 */
export type RoomState =
  | { status: 'joining' }
  | { status: 'catching-up' }
  | { status: 'live' }
  | { status: 'left'; reason: LeaveReason | 'gone' }
  | { status: 'refused'; error: Failure };

/** What the application is told, in the order in which it happened. */
export type RoomEvent =
  | { type: 'message'; message: Message }
  /** Earlier messages may be missing for good. */
  | { type: 'gap'; reason: GapReason }
  /** Somebody is writing; show it for 6 s. */
  | { type: 'typing'; userId: string }
  /** Something a trusted program published. */
  | { type: 'custom'; name: string; payload: unknown };

/**
 * What is known of a room beside its people and messages. `me` is empty before the first join; `seq` is the room's as the
 * last join told it.
 */
export type RoomFacts = {
  me: string;
  title: string | null;
  /** Whether one made the room, and so may remove others. */
  isCreator: boolean;
  seq: number;
  reads: Readonly<Record<string, number>>;
};

/** Where a room stands, how many messages were brought by replay, and how many repeats were dropped. */
export type RoomStats = { position: string | null; replayed: number; duplicates: number };

/** See `README.md` for when each is called and what it promises. */
export interface Room {
  readonly roomId: string;
  readonly state: Observable<RoomState>;
  readonly facts: Observable<RoomFacts>;
  readonly roster: Observable<RosterView>;
  /** The messages held here, ascending by seq, each once: history, replay and live in one list. */
  readonly timeline: Observable<readonly Message[]>;
  /** Written here and not yet in `timeline`. */
  readonly pending: Observable<readonly Outgoing[]>;
  /** Each new message exactly once and in order (pages of history do not come here), gaps and signals. */
  readonly events: Stream<RoomEvent>;
  /** Where seqs are missing in `timeline`. */
  gaps(): Gap[];
  /** Counted since the room was opened. */
  readonly stats: RoomStats;
  /** Whether older messages may exist. */
  readonly hasOlder: boolean;
  /** Writes a message; see {@link Outgoing}. */
  send(text: string, options?: { deadlineMs?: number }): Outgoing;
  /** Puts an older page in front of `timeline`. Rejects with a `ClientError` by the deadline. */
  loadOlder(options?: { limit?: number; deadlineMs?: number }): Promise<void>;
  /** Tells the others that something is being written, at most every 3 s. */
  typing(): void;
  /** Remembers that everything up to `seq` was read; told again after a reconnect. */
  markRead(seq: number): void;
  /**
   * Ends somebody's membership for good, asked again over reconnects; for who made the room, else FORBIDDEN. Rejects with a
   * `ClientError` by the deadline; then it may hold all the same, and asking again is safe.
   */
  remove(userId: string, options?: { deadlineMs?: number }): Promise<void>;
  /** Ends the membership. Rejects with a `ClientError` by the deadline, and the room then stays joined. */
  leave(options?: { deadlineMs?: number }): Promise<void>;
}
