/** GET and POST /api/rooms/{roomId}/messages. */
import { ANSWERS, REST } from '../../protocol/index.ts';
import { requireCaller } from './caller.ts';
import type { HttpDeps } from './deps.ts';
import { FAILURES, Success, succeed } from './envelope.ts';
import type { HttpApp } from './http-app.ts';
import type { Replies } from './replies.ts';
import { BEARER } from './route-facts.ts';

const READ = {
  summary: 'A page of messages',
  description: '`before` and `after` are ids of messages, exclusive. Ascending. For members.',
  tags: ['messages'],
  security: BEARER,
  params: REST.roomParams,
  querystring: REST.pageQuery,
  response: { 200: Success(ANSWERS.page), ...FAILURES },
};

const SEND = {
  summary: 'Send a message',
  description: 'For members. Repeating it with the same `clientMsgId` stores nothing and answers 200.',
  tags: ['messages'],
  security: BEARER,
  params: REST.roomParams,
  body: REST.sendMessage,
  response: { 200: Success(ANSWERS.sent), 201: Success(ANSWERS.sent), ...FAILURES },
};

/** Adds the routes. */
export function registerMessageRoutes(app: HttpApp, deps: HttpDeps, replies: Replies): void {
  app.get('/api/rooms/:roomId/messages', { schema: READ }, async (request) => {
    const caller = await requireCaller(deps.useCases, request);
    return succeed(await deps.useCases.readHistory(caller, { ...request.query, roomId: request.params.roomId }));
  });

  app.post('/api/rooms/:roomId/messages', { schema: SEND }, async (request, reply) => {
    const caller = await requireCaller(deps.useCases, request);
    const sent = await deps.useCases.sendMessage(caller, { ...request.body, roomId: request.params.roomId });
    reply.code(sent.duplicate ? 200 : 201);
    return replies.written(request, 'messageSent', sent);
  });
}
