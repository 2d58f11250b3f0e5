/** How handlers answer: in the envelope, in the caller's language, with the headers that go with it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Locale } from '../../protocol/index.ts';
import type { HttpDeps } from './deps.ts';
import { fail, succeed } from './envelope.ts';
import { type SentenceName, sentence } from './sentences.ts';

/** Answers for one HTTP door. */
export interface Replies {
  localeOf(request: FastifyRequest): Locale;
  /** Wraps the result of a write, with its sentence. */
  written<T>(request: FastifyRequest, name: SentenceName, data: T): ReturnType<typeof succeed<T>>;
  /** Sends an error in the envelope. Never throws. */
  refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply;
}

/** Whether an address belongs to the API, where every answer has the envelope. */
export function isApiPath(url: string): boolean {
  return /^\/api(?:[/?#]|$)/.test(url);
}

/** Answers with the texts of the catalogue. */
export function createReplies(deps: Pick<HttpDeps, 'errors' | 'negotiateLocale' | 'metrics'>): Replies {
  const localeOf = (request: FastifyRequest) => deps.negotiateLocale(request.headers['accept-language']);
  return {
    localeOf,
    written: (request, name, data) => succeed(data, sentence(name, localeOf(request))),
    refuse: (request, reply, thrown) => {
      const { status, error } = deps.errors.toRestError(thrown, localeOf(request), request.id);
      deps.metrics.countError(error.code);
      const route = request.is404 ? 'unknown' : request.routeOptions.url;
      const facts = { code: error.code, status, method: request.method, route };
      if (status >= 500) request.log.warn(facts, 'refused');
      else request.log.info(facts, 'refused');
      if (error.details.retryAfterMs !== undefined) reply.header('retry-after', retryAfterSeconds(error.details));
      if (status === 401) reply.header('www-authenticate', 'Bearer');
      return reply
        .code(status)
        .header('content-type', 'application/json; charset=utf-8')
        .serializer(JSON.stringify)
        .send(fail(error));
    },
  };
}

/** Whole seconds for `Retry-After`, never too few. */
export function retryAfterSeconds({ retryAfterMs = 1_000 }: { retryAfterMs?: number }): string {
  return String(Math.max(1, Math.ceil(retryAfterMs / 1_000)));
}
