/** GET /api/errors: the catalogue in the caller's language. */
import { Type } from 'typebox';
import { ERRORS, isErrorCode, LOCALES } from '../../protocol/index.ts';
import type { HttpDeps } from './deps.ts';
import { FAILURES, Success, succeed } from './envelope.ts';
import type { HttpApp } from './http-app.ts';
import type { Replies } from './replies.ts';

const Catalogue = Type.Object({
  locale: Type.String({ enum: [...LOCALES] }),
  errors: Type.Array(
    Type.Object({
      code: Type.String(),
      status: Type.Integer(),
      retryable: Type.Boolean(),
      message: Type.String(),
      hint: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});

const READ = {
  summary: 'Every error a client can meet, in the negotiated language',
  tags: ['errors'],
  response: { 200: Success(Catalogue), 304: Type.Null(), ...FAILURES },
};

/** Adds the route. The ETag stands for the texts; the envelope's time differs, so it is a weak one. */
export function registerErrorsRoute(app: HttpApp, { catalogue }: HttpDeps, replies: Replies): void {
  app.get('/api/errors', { schema: READ }, async (request, reply) => {
    const locale = replies.localeOf(request);
    const etag = `W/"${catalogue.etag(locale)}"`;
    reply.header('etag', etag).header('cache-control', 'no-cache');
    if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send(null);
    const texts = catalogue.all(locale);
    const errors = Object.keys(ERRORS)
      .filter(isErrorCode)
      .map((code) => ({ code, status: ERRORS[code].status, retryable: ERRORS[code].retryable, ...texts[code] }));
    return succeed({ locale, errors });
  });
}

function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const bare = (tag: string) => tag.trim().replace(/^W\//, '');
  const known = (ifNoneMatch ?? '').split(',').map(bare);
  return known.includes('*') || known.includes(bare(etag));
}
