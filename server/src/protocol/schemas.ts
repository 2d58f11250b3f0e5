/** What clients may send, one schema each: used to validate, to type and to document. */
import { type Static, Type } from 'typebox';
import { ClientMsgId, Joined, Page, Position, RoomId, Roster, Sent, Timestamp, UserId } from './entities.ts';
import { LIMITS } from './limits.ts';

const strict = { additionalProperties: false } as const;
const Token = Type.String({ minLength: 1, maxLength: 4096 });
const Locale = Type.String({ minLength: 1, maxLength: 256 });
const Text = Type.String({ minLength: 1, description: '1 to 4000 code points after NFC' });
const Limit = Type.Integer({ minimum: 1, maximum: LIMITS.pageMax });

/** Payloads of the two real-time doors, by event name. */
export const REQUESTS = {
  join: Type.Object(
    {
      roomId: RoomId,
      token: Type.Optional(Token),
      invite: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      after: Type.Optional(Position),
      locale: Type.Optional(Locale),
    },
    strict,
  ),
  msg: Type.Object(
    {
      roomId: Type.Optional(RoomId),
      text: Text,
      clientMsgId: Type.Optional(ClientMsgId),
      since: Type.Optional(Position),
    },
    strict,
  ),
  ping: Type.Object({}, strict),
  leave: Type.Object({ roomId: Type.Optional(RoomId) }, strict),
  typing: Type.Object({ roomId: Type.Optional(RoomId) }, strict),
  read: Type.Object({ roomId: Type.Optional(RoomId), seq: Type.Integer({ minimum: 0, maximum: 2 ** 53 - 1 }) }, strict),
  remove: Type.Object({ roomId: RoomId, userId: UserId }, strict),
  history: Type.Object(
    {
      roomId: RoomId,
      before: Type.Optional(Position),
      after: Type.Optional(Position),
      limit: Type.Optional(Limit),
    },
    strict,
  ),
} as const;
export type RequestName = keyof typeof REQUESTS;
export type RequestPayload<N extends RequestName> = Static<(typeof REQUESTS)[N]>;

const Name = Type.String({ minLength: 1, maxLength: 256, description: '1 to 32 letters, digits, space, _ . -' });
const RoomParams = Type.Object({ roomId: RoomId });

/** Bodies, queries and parameters of REST. */
export const REST = {
  createRoom: Type.Object(
    {
      creatorName: Type.Optional(Name),
      title: Type.Optional(Type.Union([Type.String({ maxLength: 1024 }), Type.Null()])),
      private: Type.Optional(Type.Boolean()),
    },
    strict,
  ),
  createSession: Type.Object({ name: Name }, strict),
  sendMessage: Type.Object(
    { text: Text, clientMsgId: Type.Optional(ClientMsgId), since: Type.Optional(Position) },
    strict,
  ),
  pageQuery: Type.Object(
    { before: Type.Optional(Position), after: Type.Optional(Position), limit: Type.Optional(Limit) },
    strict,
  ),
  roomParams: RoomParams,
  memberParams: Type.Object({ roomId: RoomId, userId: UserId }),
} as const;

/** `data` of the REST answers. */
export const ANSWERS = {
  roomCreated: Type.Object({ roomId: RoomId, userId: UserId, token: Type.String(), inviteUrl: Type.String() }),
  room: Type.Object({
    roomId: RoomId,
    title: Type.Union([Type.String(), Type.Null()]),
    status: Type.Union([Type.Literal('active'), Type.Literal('idle')]),
    ...Roster.properties,
  }),
  session: Type.Object({ userId: UserId, token: Type.String(), expiresAt: Timestamp }),
  me: Type.Object({
    userId: UserId,
    expiresAt: Timestamp,
    rooms: Type.Array(
      Type.Object({
        roomId: RoomId,
        title: Type.Union([Type.String(), Type.Null()]),
        seq: Type.Integer(),
        readSeq: Type.Integer(),
        memberCount: Type.Integer(),
      }),
    ),
  }),
  page: Page,
  sent: Sent,
  joined: Joined,
} as const;
