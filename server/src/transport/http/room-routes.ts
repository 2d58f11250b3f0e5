/** POST /api/rooms, GET /api/rooms/{roomId} and DELETE /api/rooms/{roomId}/members/{userId}. */
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { ANSWERS, REST, RoomId, UserId } from '../../protocol/index.ts';
import { invalidField } from '../../service/chat-error.ts';
import type { Identity } from '../../service/ports.ts';
import type { RoomMade } from '../../service/use-cases.ts';
import { findCaller, requireCaller } from './caller.ts';
import type { HttpDeps } from './deps.ts';
import { FAILURES, Success, succeed } from './envelope.ts';
import type { HttpApp } from './http-app.ts';
import { answerCheck, createOnce } from './idempotency.ts';
import type { Replies } from './replies.ts';
import { originOf } from './request-facts.ts';
import { BEARER, BEARER_OPTIONAL, IdempotencyHeaders } from './route-facts.ts';

const isRoomMade = answerCheck<RoomMade>(
  Type.Object({
    roomId: RoomId,
    userId: UserId,
    token: Type.String(),
    invite: Type.Union([Type.String(), Type.Null()]),
  }),
);

const CREATE = {
  summary: 'Make a room',
  description: 'With a Bearer token its user is the creator, and `creatorName` is ignored.',
  tags: ['rooms'],
  security: BEARER_OPTIONAL,
  headers: IdempotencyHeaders,
  body: REST.createRoom,
  response: { 201: Success(ANSWERS.roomCreated), ...FAILURES },
};

const DESCRIBE = {
  summary: 'A room and who is in it',
  description: 'A private room is shown to its members only; to everybody else it does not exist.',
  tags: ['rooms'],
  security: BEARER_OPTIONAL,
  params: REST.roomParams,
  response: { 200: Success(ANSWERS.room), ...FAILURES },
};

const REMOVE = {
  summary: 'Remove a member for good',
  description:
    'For the session that made the room. The user is out on all nodes at once and the link does not let them back; ' +
    'who is no member is kept out too. `#` in a user id travels as `%23`.',
  tags: ['rooms'],
  security: BEARER,
  params: REST.memberParams,
  response: { 200: Success(Type.Object({})), ...FAILURES },
};

/** Adds the routes. */
export function registerRoomRoutes(app: HttpApp, deps: HttpDeps, replies: Replies): void {
  const once = createOnce(deps.idempotency, deps.failures);

  async function takeQuota(request: FastifyRequest, caller: Identity | null): Promise<void> {
    const { quota, callers } = deps;
    // One after the other: what its address is refused costs the user nothing of the day.
    await quota.takeRoomOfAddress(callers.addressOf(request.raw));
    if (caller !== null) await quota.takeRoomOfUser(caller.userId);
  }

  app.post('/api/rooms', { schema: CREATE }, async (request, reply) => {
    const { creatorName, title, private: isPrivate } = request.body;
    const caller = await findCaller(deps.useCases, request);
    const creator = caller ?? nameOf(creatorName);
    const room = await once(
      {
        request,
        caller,
        run: async () => {
          await takeQuota(request, caller);
          return deps.useCases.createRoom({ creator, title, isPrivate });
        },
      },
      isRoomMade,
    );
    const { roomId, userId, token } = room;
    reply.code(201).header('location', `/api/rooms/${roomId}`);
    const inviteUrl = inviteUrlOf(originOf(request, deps.settings.PUBLIC_URL), room);
    return replies.written(request, 'roomCreated', { roomId, userId, token, inviteUrl });
  });

  app.get('/api/rooms/:roomId', { schema: DESCRIBE }, async (request) => {
    const viewer = await findCaller(deps.useCases, request);
    return succeed(await deps.useCases.describeRoom(request.params.roomId, viewer));
  });

  app.delete('/api/rooms/:roomId/members/:userId', { schema: REMOVE }, async (request) => {
    const caller = await requireCaller(deps.useCases, request);
    await deps.useCases.removeMember(caller, request.params);
    return replies.written(request, 'memberRemoved', {});
  });
}

function nameOf(creatorName: string | undefined): { name: string } {
  if (creatorName === undefined) throw invalidField('creatorName', 'nameWithoutToken');
  return { name: creatorName };
}

/** The secret stands behind `#`: browsers send that part to nobody. */
function inviteUrlOf(origin: string, { roomId, invite }: RoomMade): string {
  return `${origin}/r/${roomId}${invite === null ? '' : `#invite=${encodeURIComponent(invite)}`}`;
}
