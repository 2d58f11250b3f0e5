/** What is measured and logged of every request, and the headers that tie an answer to its log line. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDeps } from './deps.ts';
import type { HttpApp } from './http-app.ts';
import { isApiPath } from './replies.ts';

/** Adds the hooks; first of all, so that they see every request. */
export function registerObservability(app: HttpApp, deps: HttpDeps): void {
  app.addHook('onRequest', async (request, reply) => {
    markAnswer(request, reply, deps.negotiateLocale(request.headers['accept-language']));
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const status = reply.statusCode;
    const seconds = reply.elapsedTime / 1_000;
    deps.metrics.observeRequest({ method, route, status, seconds });
    request.log.debug({ method, route, status, ms: Math.round(reply.elapsedTime) }, 'request');
  });
}

/** `X-Trace-Id` on everything; under /api also the language of the texts, and nothing may be kept by caches. */
export function markAnswer(request: FastifyRequest, reply: FastifyReply, locale: string): void {
  reply.header('x-trace-id', request.id);
  if (!isApiPath(request.url)) return;
  reply.header('content-language', locale);
  reply.header('vary', 'Accept-Language');
  reply.header('cache-control', 'no-store');
}
