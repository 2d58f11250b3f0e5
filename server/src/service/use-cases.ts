/** What the doors may ask of the service: one method per use case, the same for REST, Socket.IO and `/ws`. Types only. */
import type { Page, Sent } from '../protocol/index.ts';
import type { Identity } from './ports.ts';

/** A room to be made: by somebody known, or by a guest who claims `name` on the way. */
export type RoomRequest = {
  creator: Identity | { name: string };
  title?: string | null | undefined;
  isPrivate?: boolean | undefined;
};

/** A room that was made. `invite` is the secret of a private room, null for an open one. */
export type RoomMade = { roomId: string; userId: string; token: string; invite: string | null };

/** A room as it is told to somebody who may see it. Lists in code-point order, cut in large rooms. */
export type RoomDescription = {
  roomId: string;
  title: string | null;
  status: 'active' | 'idle';
  members: string[];
  online: string[];
  memberCount: number;
  onlineCount: number;
};

/** A message to be sent; `since` is the position when it was first tried. */
export type MessageRequest = {
  roomId: string;
  text: string;
  clientMsgId?: string | undefined;
  since?: string | undefined;
};

/** Which page of a log; `before` and `after` are exclusive positions. */
export type HistoryRequest = {
  roomId: string;
  before?: string | undefined;
  after?: string | undefined;
  limit?: number | undefined;
};

/** A session's proof; `expiresAt` as every timestamp on the wire. */
export type SessionProof = { userId: string; token: string; expiresAt: string };

/** What a session knows of itself. */
export type SessionDescription = {
  userId: string;
  expiresAt: string;
  rooms: { roomId: string; title: string | null; seq: number; readSeq: number; memberCount: number }[];
};

/** The use cases. Each rejects with a `ChatError` where the protocol names one; any other rejection is a defect. */
export interface UseCases {
  /** Takes a JWT only and renews its session. UNAUTHORIZED, SESSION_EXPIRED. */
  authenticate(token: string): Promise<Identity>;
  /** Makes a room with its creator as first member. */
  createRoom(input: RoomRequest): Promise<RoomMade>;
  /** A private room answers ROOM_NOT_FOUND to everybody but its members. */
  describeRoom(roomId: string, viewer: Identity | null): Promise<RoomDescription>;
  /** Stores and publishes one message of a member. */
  sendMessage(identity: Identity, input: MessageRequest): Promise<Sent>;
  /** Ends a membership for good. FORBIDDEN to everybody but the session that made the room. */
  removeMember(identity: Identity, member: { roomId: string; userId: string }): Promise<void>;
  /** A page of the log, for members. */
  readHistory(identity: Identity, input: HistoryRequest): Promise<Page>;
  /** Leases a name, perhaps with `#` and four digits. */
  claimSession(name: string): Promise<SessionProof & { identity: Identity }>;
  describeSession(identity: Identity): Promise<SessionDescription>;
  /** A fresh token for the same session. */
  renewSession(identity: Identity): Promise<SessionProof>;
  /** Leaves every room and revokes the session on all nodes. */
  endSession(identity: Identity): Promise<void>;
}
