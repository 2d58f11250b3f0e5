/** What is answered where no handler does: errors, unknown addresses, wrong methods, bodies and requests that cannot be read. */
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ChatError } from '../../service/chat-error.ts';
import type { HttpDeps } from './deps.ts';
import { fail } from './envelope.ts';
import type { HttpApp } from './http-app.ts';
import { watchMethods } from './method-table.ts';
import { writeResponse } from './raw-response.ts';
import type { Replies } from './replies.ts';

/** Adds the handlers; before any route, whose methods they must know. */
export function registerFallbacks(app: HttpApp, replies: Replies): void {
  const allowedMethods = watchMethods(app);
  const nothingHere = (request: FastifyRequest, reply: FastifyReply): ChatError => {
    const allowed = allowedMethods(request.url);
    if (allowed.length === 0 || allowed.includes(request.method)) return new ChatError('NOT_FOUND');
    reply.header('allow', allowed.join(', '));
    return new ChatError('METHOD_NOT_ALLOWED');
  };
  app.setErrorHandler((error, request, reply) => replies.refuse(request, reply, error));
  app.setNotFoundHandler((request, reply) => replies.refuse(request, reply, nothingHere(request, reply)));
  // Before the body is read: an unknown address is told as such, whatever was sent to it.
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) throw nothingHere(request, reply);
  });
  readJsonBodies(app);
}

/** JSON only; an empty body counts as none, so that `POST …/renew` works whatever the client says it sends. */
function readJsonBodies(app: HttpApp): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    return body === '' ? done(null, undefined) : parse(request, String(body), done);
  });
}

/** Answers what is no readable HTTP, in the envelope; the connection ends. */
export function answerBrokenHttp(deps: HttpDeps, error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const locale = deps.negotiateLocale(undefined);
  const refusal = deps.errors.toRestError(new ChatError('VALIDATION_FAILED'), locale, '');
  deps.metrics.countError(refusal.error.code);
  writeResponse(socket, { status: refusal.status, body: JSON.stringify(fail(refusal.error)) });
}
