/** The one table of real-time requests: name → schema → use case. Both doors go through it. */
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { LIMITS, REQUESTS, type RequestName, type RequestPayload } from '../protocol/index.ts';
import { ChatError, invalidField } from './chat-error.ts';
import type { ServiceDeps } from './deps.ts';
import { InvalidInput } from './invalid-input.ts';
import { leaveRoom } from './leave-room.ts';
import type { Outlet } from './live-ports.ts';
import type { Identity } from './ports.ts';
import { isReservedRoomId } from './random-ids.ts';
import { removeMember } from './remove-member.ts';
import { sendMessage } from './send-message.ts';
import { createTypingGate } from './typing-gate.ts';

/** One request of an authenticated connection. */
export type Call = { identity: Identity; outlet: Outlet };
/** Takes the payload as it came; resolves with `data` of the answer. */
type Command = (call: Call, payload: unknown) => Promise<unknown>;
/** Every request but `join`, whose answer has a turn of its own (`peer-session.ts`). */
export type Commands = Readonly<Record<Exclude<RequestName, 'join'>, Command>>;

/** The table, bound to what the use cases use. */
export function createCommands(deps: Omit<ServiceDeps, 'control' | 'tokens'> & { nodeId: string }): Commands {
  const { rooms, live, nodeId } = deps;
  const mayType = createTypingGate();
  const roomOf = ({ outlet }: Call, given: string | undefined) => {
    const roomId = given ?? onlyRoom(live.roomsOf(outlet));
    if (isReservedRoomId(roomId)) throw new ChatError('ROOM_NOT_FOUND');
    return roomId;
  };

  return {
    ping: row(REQUESTS.ping, async () => ({ node: nodeId })),
    msg: row(REQUESTS.msg, async (call, payload) =>
      sendMessage(deps, call.identity, { ...payload, roomId: roomOf(call, payload.roomId) }),
    ),
    leave: row(REQUESTS.leave, async (call, payload) => {
      const roomId = roomOf(call, payload.roomId);
      await live.leave(call.outlet, roomId, () => leaveRoom(deps, call.identity.userId, roomId));
      return {};
    }),
    remove: row(REQUESTS.remove, async ({ identity }, payload) => {
      if (isReservedRoomId(payload.roomId)) throw new ChatError('ROOM_NOT_FOUND');
      await removeMember(deps, identity, payload);
      return {};
    }),
    history: row(REQUESTS.history, ({ identity: { userId } }, { limit = LIMITS.pageDefault, ...query }) =>
      rooms.page({ ...query, userId, limit }),
    ),
    read: row(REQUESTS.read, async (call, payload) => {
      await rooms.markRead(roomOf(call, payload.roomId), call.identity.userId, payload.seq);
      return {};
    }),
    typing: row(REQUESTS.typing, async (call, payload) => {
      const roomId = roomOf(call, payload.roomId);
      if (mayType(call.outlet, roomId)) await rooms.signal(roomId, call.identity.userId);
      return {};
    }),
  };
}

/** A payload that its schema has passed, or InvalidInput; no payload at all counts as an empty one. */
function passed<S extends TSchema>(validator: ReturnType<typeof Compile<S>>, payload: unknown): Static<S> {
  const input = payload === undefined ? {} : payload;
  if (validator.Check(input)) return input;
  throw new InvalidInput(validator.Errors(input));
}

function row<S extends TSchema>(schema: S, run: (call: Call, payload: Static<S>) => Promise<unknown>): Command {
  const validator = Compile(schema);
  return async (call, payload) => run(call, passed(validator, payload));
}

const JOIN = Compile(REQUESTS.join);

/** The payload of a `join`, or InvalidInput. */
export function parseJoin(payload: unknown): RequestPayload<'join'> {
  return passed(JOIN, payload);
}

/** `roomId` may be left out by a connection that is in exactly one room. */
function onlyRoom(roomIds: readonly string[]): string {
  const [roomId, second] = roomIds;
  if (roomId === undefined) throw new ChatError('NOT_A_MEMBER');
  if (second !== undefined) throw invalidField('roomId', 'oneOfManyRooms');
  return roomId;
}
