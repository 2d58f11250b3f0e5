/**
 * What the use cases need from the world, as contracts. Types only: adapters implement them, nobody imports adapters here.
 *
 * Failure, for every port that speaks to Redis: a call MUST settle within its deadline (≤ 3 s). It rejects with
 * `ChatError('SERVICE_UNAVAILABLE')` when Redis could not be asked or did not answer, and with another `ChatError`
 * where a contract names one. Any other rejection is a defect.
 */
import type { LeaveReason, Message, PresenceStatus, Sent } from '../protocol/index.ts';

/** Who a token proves somebody to be. `expiresAtMs` is Unix time. `foreign`: only where it is not a token of ours. */
export type Identity = { userId: string; sid: string; expiresAtMs: number; foreign?: ForeignProof };

/**
 * A token of another issuer, which only that issuer can replace: it is handed back where one of ours would be signed.
 * `userSid` is the same for all sessions of the user.
 * `issuedAtMs`: only where the sid stands for all tokens of the user; those issued after a log-out are good again.
 * `siblingsUntilMs`: no token of the session that was issued before now lives longer.
 */
export type ForeignProof = { token: string; userSid: string; siblingsUntilMs: number; issuedAtMs?: number };

/** What a user script stamps on the room scripts that follow it. `revision` and `timeMs` come from Redis TIME. */
export type UserStamp = { userId: string; revision: number; timeMs: number; status: PresenceStatus };

/** Which history a seq belongs to, and from which seq on. Ascending in a list. */
export type Generation = { gen: string; firstSeq: number };

/** Where a room stands. `gens` is never empty. */
export type RoomMark = { epoch: string; gens: readonly Generation[]; seq: number; rev: number };

/** A room as one script saw it. `firstSeq` is the oldest seq in the log, 0 if the log is empty. Lists in code-point order. */
export type RoomSnapshot = RoomMark & {
  roomId: string;
  title: string | null;
  creator: string;
  /** As in `NewRoom`. */
  creatorSid: string;
  isPrivate: boolean;
  firstSeq: number;
  members: readonly string[];
  online: readonly string[];
  reads: Readonly<Record<string, number>>;
  /** Who may not come back; at most 1 000. */
  removed: readonly string[];
  /** A join lists neither members nor reads of a large room: the node has them already, or reads them once for all. */
  isBrief?: true;
};

/** One entry of a room's log: the JSON as it was published, `{"type":"msg",…}`. */
export type LogEntry = { seq: number; data: string };

/** A message about to be stored. `since` as the client gave it. */
export type Draft = {
  roomId: string;
  userId: string;
  text: string;
  clientMsgId?: string | undefined;
  since?: string | undefined;
};

/** Which page of a log. `before` and `after` are positions, exclusive; `limit` 1–100. */
export type PageQuery = {
  roomId: string;
  userId: string;
  before?: string | undefined;
  after?: string | undefined;
  limit: number;
};

export type NewRoom = {
  roomId: string;
  epoch: string;
  title: string | null;
  isPrivate: boolean;
  invite: string;
  creator: UserStamp;
  /** By `creatorSidOf`: who may remove members, and not who has the name later. */
  creatorSid: string;
};

/**
 * Rooms in Redis. Every method is one script (or one pipelined read) on the keys of one room, so it is atomic and all
 * nodes see its effects in one order. What a writing method changed it has also published, in the same script, last.
 * Each looks at the room's meta first: where it is absent nothing is written and the answer is `absent`.
 */
export interface RoomStore {
  /** Makes the room with its creator as first member. `exists`: the id is taken, nothing was written. */
  create(room: NewRoom): Promise<'created' | 'exists'>;

  /**
   * Stores and publishes one message. Repeating it with the same `clientMsgId` answers the first result with
   * `duplicate: true` and changes nothing. Rejects with ROOM_NOT_FOUND, NOT_A_MEMBER, RATE_LIMITED, RETRY_TOO_OLD,
   * CLIENT_MSG_ID_REUSED. SERVICE_UNAVAILABLE after the command was written has an uncertain outcome: it is then
   * retryable only if the draft has a `clientMsgId`; otherwise `details` say `{retryable: false, uncertain: true}`.
   */
  append(draft: Draft): Promise<Sent>;

  /**
   * Makes the user a member. Idempotent. `stale`: a newer revision of the user is known, run the user script again.
   * A private room is `absent` to whoever is no member and has not its `invite`. Rejects with FORBIDDEN for the removed.
   */
  join(roomId: string, stamp: UserStamp, invite: string): Promise<RoomSnapshot | 'absent' | 'stale'>;

  /**
   * Ends a membership. Idempotent: no member is `not_member` (`absent` in a private room), but later joins with an older
   * revision are refused.
   */
  leave(roomId: string, stamp: UserStamp, reason: LeaveReason): Promise<'left' | 'not_member' | 'stale' | 'absent'>;

  /**
   * Ends a membership for good, on the word of the session that made the room; idempotent. From the same atom on the
   * user's sends fail and joins are refused. `kept_out`: was no member, and will be none. Nothing is done for anybody
   * else (`forbidden`, in a private room `absent` to who is no member), nor to the creator (`creator`).
   */
  remove(roomId: string, by: Pick<Identity, 'userId' | 'sid'>, userId: string): Promise<RemoveAnswer>;

  /** Stores the user's status if its revision is newer; publishes only if the status differs. Idempotent. */
  announce(roomId: string, stamp: UserStamp): Promise<'changed' | 'same' | 'not_member' | 'stale' | 'absent'>;

  /** The room now, without changing anything. To a `viewer` (empty: a stranger) who is not in it a private room is null. */
  snapshot(roomId: string, viewer?: string): Promise<RoomSnapshot | null>;

  /** Where many rooms stand, in the order asked; null where a room is gone. Pipelined. */
  marks(roomIds: readonly string[]): Promise<(RoomMark | null)[]>;

  /** The log from `fromSeq` on, ascending, at most `count` (≤ 300) entries. A gap at its start means it was trimmed. */
  range(roomId: string, fromSeq: number, count: number): Promise<LogEntry[]>;

  /** A page for a member. Rejects with ROOM_NOT_FOUND, NOT_A_MEMBER (never for a private room). `recovered` is present iff `after` was given. */
  page(query: PageQuery): Promise<{ messages: Message[]; hasMore: boolean; recovered?: boolean }>;

  /** Raises the user's read seq (clamped to the room's). Answers the new value. Rejects as `page`. */
  markRead(roomId: string, userId: string, seq: number): Promise<number>;

  /** Publishes what is never stored (`typing`). Rejects as `page`. */
  signal(roomId: string, userId: string): Promise<void>;

  /** Walks slowly over the members of all rooms, in portions; some may come twice, those who join meanwhile not at all. */
  walkMembers(): AsyncIterable<{ roomId: string; userIds: readonly string[] }>;

  /** What `GET /api/sessions/me` shows of a room; null where the room is gone or the user no member. */
  overview(roomId: string, userId: string): Promise<RoomOverview | null>;
}
export type RemoveAnswer = 'removed' | 'kept_out' | 'absent' | 'forbidden' | 'creator';
export type RoomOverview = { title: string | null; seq: number; readSeq: number; memberCount: number };

/** Something a user script wants to happen in a room and that is not yet known to have happened there. */
export type PendingEffect = { roomId: string; stamp: UserStamp; leave: LeaveReason | null };

export type Claim =
  | { status: 'claimed'; stamp: UserStamp }
  | { status: 'taken' }
  /** The name's last owner still stands in rooms: apply these, settle them, then claim again. */
  | { status: 'inherited'; pending: readonly PendingEffect[] };

/**
 * Users in Redis: sessions, connections, presence, which rooms somebody is in. Each method is one user script on the
 * keys of one user. Calls that come in the same turn travel as one script of up to 100 users.
 *
 * A method that answers `pending` has changed the user but not the rooms: the caller applies each effect with the room
 * store and then calls `settle`. Until then `user:{id}:pending` holds it, and the sweepers finish it if the caller dies.
 */
export interface SessionStore {
  /** Leases a name to the session `sid`. `taken`: another live session holds it. A claim is a sign of life for 30 s. */
  claim(userId: string, sid: string): Promise<Claim>;

  /**
   * Registers a connection: session renewed, presence online. A session that has lapsed is re-created if the name is
   * still free. Rejects with SESSION_EXPIRED if revoked or the name went to another.
   */
  open(identity: Identity, connectionId: string): Promise<{ pending: readonly PendingEffect[] }>;

  /**
   * Renews connections; `states` in the order given. `lost`: the connection was given up, close it. `expired`: its session
   * is over, or its name has gone to another. Who had been marked offline meanwhile is online again, hence `pending`.
   */
  renew(
    connections: readonly OpenConnection[],
  ): Promise<{ states: readonly ('alive' | 'lost' | 'expired')[]; pending: readonly PendingEffect[] }>;

  /** The connection has ended; it counts as alive for `graceMs` more, so that a reload announces nothing. */
  close(connection: OpenConnection, graceMs: number): Promise<void>;

  /** Renews the session (not presence) for a REST call. Re-creates as `open`. Rejects with SESSION_EXPIRED. */
  touch(identity: Identity): Promise<void>;

  /** As `touch`, for a session that will live longer than its tokens said before: keeps its name from look-alikes as long. */
  prolong(identity: Identity): Promise<void>;

  /**
   * The user is about to join: the room stands in `user:rooms` before the room script runs. `wasMember`: it stood there
   * before, no leave was pending and no other join under way, so the room knows the user. Rejects with SESSION_EXPIRED.
   */
  enter(identity: Identity, roomId: string): Promise<UserStamp & { wasMember: boolean }>;

  /** The user is about to leave: writes the pending leave. `wasMember`: the room stood in `user:rooms`. */
  exit(userId: string, roomId: string, reason: LeaveReason): Promise<UserStamp & { wasMember: boolean }>;

  /**
   * The effect was applied (or its room is gone): clears it unless a newer one has replaced it. A change of presence is
   * one pending entry for all rooms: settle it once, after every room was told. `isUnsure`: a room did not know the
   * member; where the user is just about to join one, the entry stays and a sweeper tells the rooms again.
   */
  settle(effect: PendingEffect, isUnsure?: boolean): Promise<void>;

  /**
   * Takes a room that is gone out of the user's list. `isUnsure`: not if the user is just about to enter it (a room
   * that is being made is not there yet).
   */
  forget(userId: string, roomId: string, isUnsure?: boolean): Promise<void>;

  /**
   * The join that `enter` answered this stamp for was refused: takes the room out of the user's list again, unless
   * another `enter` of the same room may have made the user a member.
   */
  withdraw(stamp: UserStamp, roomId: string): Promise<void>;

  /** Rooms the user is in, sorted. */
  rooms(userId: string): Promise<string[]>;

  /** Ends a session for good, until no token of it lives: revoked, offline, every membership pending its leave. */
  end(identity: Identity): Promise<{ pending: readonly PendingEffect[] }>;

  /**
   * Looks at users whose time may have come: offline after 30 s without a sign, out of their rooms once the session is
   * gone. Also answers what others left pending. `nextMs`, in the order given: when to look again by Redis TIME, 0 for
   * never, null while nothing may be decided because Redis was away.
   */
  lapse(userIds: readonly string[]): Promise<{ pending: readonly PendingEffect[]; nextMs: readonly (number | null)[] }>;

  /**
   * Takes users whose hint in `presence:due` has passed, at most `limit`; other nodes see them again after a short
   * lease. Empty while nothing may be decided.
   */
  due(limit: number): Promise<DueHint[]>;

  /** The users were looked at and everything pending was settled: moves each hint, or removes it, unless it was written anew. */
  reschedule(hints: readonly (DueHint & { nextMs: number })[]): Promise<void>;

  /** Adds the hints of users who stand in rooms and have none. A slow walk over all users; answers how many it added. */
  restoreHints(): Promise<number>;

  /**
   * Of members of a room, those whose own list does not hold it, with a stamp to end the membership by; a later `enter`
   * is newer. Empty while nothing may be decided.
   */
  disown(roomId: string, userIds: readonly string[]): Promise<UserStamp[]>;
}

/** A user to be looked at; `score` tells this hint from a later one. */
export type DueHint = { userId: string; score: number };
export type OpenConnection = Identity & { connectionId: string };

/**
 * Signs and checks tokens. `verify` rejects with UNAUTHORIZED (forged, malformed), SESSION_EXPIRED (too old), or
 * SERVICE_UNAVAILABLE where the keys of another issuer could not be had.
 */
export interface Tokens {
  /** Names without a suffix belong to the people of another issuer: whoever chooses a name here gets `#` and digits. */
  readonly reservesNames: boolean;
  sign(userId: string, sid: string): Promise<{ token: string; expiresAtMs: number }>;
  verify(token: string): Promise<Identity>;
  /** Whether a token of ours is past half of its life; one that only its issuer can replace never is. */
  isAged(identity: Identity): boolean;
}

/** Carries out in rooms what user scripts left pending, and settles it. Never rejects: what fails, a sweeper finishes. */
export interface Effects {
  apply(pending: readonly PendingEffect[]): Promise<unknown>;
}

/** Why a renewal ends a connection. */
export type LostReason = 'CONNECTION_LOST' | 'SESSION_EXPIRED';

/** Whoever holds a connection. `end`: Redis gave it up, or its session is over; it must be closed with that reason. */
export type ConnectionOwner = { end(reason: LostReason): void };

/** Keeps connections of this node alive in Redis until they are untracked. */
export interface PresenceWatch {
  /** `owner` is told at most once that the connection is over. */
  track(connection: OpenConnection, owner: ConnectionOwner): void;
  untrack(connection: OpenConnection): void;
}

/** Where background work reports what it could not do: logged and counted, never thrown. */
export interface Failures {
  report(stage: string, error: unknown): void;
}

/** Tells every node of the cluster, this one included, to end the connections of a session. */
export interface ControlPlane {
  revoke(sid: string): void;
}

/** Time, injected so that tests turn it. `nowMs` is Unix time, `monotonicMs` never goes back. */
export interface Clock {
  nowMs(): number;
  monotonicMs(): number;
}
