/** POST and DELETE /api/sessions, GET /api/sessions/me, POST /api/sessions/renew. */
import { Type } from 'typebox';
import { ANSWERS, REST } from '../../protocol/index.ts';
import { requireCaller } from './caller.ts';
import type { HttpDeps } from './deps.ts';
import { FAILURES, Success, succeed } from './envelope.ts';
import type { HttpApp } from './http-app.ts';
import type { Replies } from './replies.ts';
import { BEARER } from './route-facts.ts';

const CLAIM = {
  summary: 'Claim a name',
  description: 'The server may append `#` and four digits where the name is taken.',
  tags: ['sessions'],
  body: REST.createSession,
  response: { 201: Success(ANSWERS.session), ...FAILURES },
};
const ME = {
  summary: 'Who I am, and my rooms',
  tags: ['sessions'],
  security: BEARER,
  response: { 200: Success(ANSWERS.me), ...FAILURES },
};
const RENEW = {
  summary: 'A fresh token for this session',
  tags: ['sessions'],
  security: BEARER,
  response: { 200: Success(ANSWERS.session), ...FAILURES },
};
const END = {
  summary: 'Leave everything; the token is revoked on all nodes',
  tags: ['sessions'],
  security: BEARER,
  response: { 200: Success(Type.Object({})), ...FAILURES },
};

/** Adds the routes. */
export function registerSessionRoutes(app: HttpApp, deps: HttpDeps, replies: Replies): void {
  const { useCases, quota, callers } = deps;
  app.post('/api/sessions', { schema: CLAIM }, async (request, reply) => {
    await quota.takeName(callers.addressOf(request.raw));
    const { userId, token, expiresAt } = await useCases.claimSession(request.body.name);
    reply.code(201);
    return replies.written(request, 'sessionCreated', { userId, token, expiresAt });
  });

  app.get('/api/sessions/me', { schema: ME }, async (request) => {
    const caller = await requireCaller(useCases, request);
    return succeed(await useCases.describeSession(caller));
  });

  app.post('/api/sessions/renew', { schema: RENEW }, async (request) => {
    const caller = await requireCaller(useCases, request);
    return replies.written(request, 'sessionRenewed', await useCases.renewSession(caller));
  });

  app.delete('/api/sessions', { schema: END }, async (request) => {
    const caller = await requireCaller(useCases, request);
    await useCases.endSession(caller);
    return replies.written(request, 'sessionEnded', {});
  });
}
