/** The things that travel in payloads, each as one schema from which its type is derived. */
import { type Static, Type } from 'typebox';

/** 8 characters `[a-z0-9]`. */
export const RoomId = Type.String({ pattern: '^[a-z0-9]{8}$', description: 'Eight characters a-z, 0-9' });

/** Opaque: a place in one room's history. A client only ever hands it back. */
export const Position = Type.String({
  pattern: '^[A-Za-z0-9.-]{1,40}$',
  description: "Opaque place in a room's history",
});

export const ClientMsgId = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,64}$',
  description: "The client's own id of a message; makes sending it again safe",
});

export const UserId = Type.String({
  minLength: 1,
  maxLength: 80,
  description: 'A name, perhaps with # and four digits',
});
export const Timestamp = Type.String({ description: 'YYYY-MM-DDTHH:mm:ss.sssZ' });

/** A chat message as every client sees it. `id` is the room's position right after it; `seq` starts at 1. */
export const Message = Type.Object({
  roomId: RoomId,
  seq: Type.Integer({ minimum: 1 }),
  id: Position,
  from: UserId,
  text: Type.String(),
  timestamp: Timestamp,
  clientMsgId: Type.Optional(ClientMsgId),
});
export type Message = Static<typeof Message>;

export const PresenceStatus = Type.Union([Type.Literal('online'), Type.Literal('offline')]);
export type PresenceStatus = Static<typeof PresenceStatus>;

export const LeaveReason = Type.Union([Type.Literal('left'), Type.Literal('expired'), Type.Literal('removed')]);
/** Why a membership ended. */
export type LeaveReason = Static<typeof LeaveReason>;

/** A page of the log, ascending. `recovered` only where `after` was given. */
export const Page = Type.Object({
  messages: Type.Array(Message),
  hasMore: Type.Boolean(),
  recovered: Type.Optional(Type.Boolean()),
});
export type Page = Static<typeof Page>;

/** The answer of a send. `duplicate` says that this `clientMsgId` had been stored before. */
export const Sent = Type.Object({
  id: Position,
  seq: Type.Integer({ minimum: 1 }),
  timestamp: Timestamp,
  duplicate: Type.Boolean(),
});
export type Sent = Static<typeof Sent>;

/** Who is in a room, at revision `rev`. In a large room the two lists are cut, the counts are not. */
export const Roster = Type.Object({
  members: Type.Array(UserId),
  online: Type.Array(UserId),
  memberCount: Type.Integer({ minimum: 0 }),
  onlineCount: Type.Integer({ minimum: 0 }),
});
export type Roster = Static<typeof Roster>;

/** The answer of a join and the state a client starts from. */
export const Joined = Type.Object({
  roomId: RoomId,
  title: Type.Union([Type.String(), Type.Null()]),
  me: UserId,
  ...Roster.properties,
  rev: Type.Integer({ minimum: 0 }),
  reads: Type.Record(Type.String(), Type.Integer()),
  seq: Type.Integer({ minimum: 0 }),
  position: Position,
  missed: Type.Array(Message),
  more: Type.Boolean(),
  recovered: Type.Optional(Type.Boolean()),
  /** Only for who may remove members. */
  isCreator: Type.Optional(Type.Literal(true)),
  token: Type.Optional(Type.String()),
});
export type Joined = Static<typeof Joined>;
