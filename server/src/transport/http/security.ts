/** What protects browsers and this node: headers, origins, requests an address may make, and a stop before the node is overloaded. */
import { fastifyCors } from '@fastify/cors';
import { fastifyHelmet } from '@fastify/helmet';
import { ChatError } from '../../service/chat-error.ts';
import { createOriginRule } from '../origins.ts';
import type { HttpDeps } from './deps.ts';
import type { HttpApp } from './http-app.ts';

/** Operators must see a node also when it is overloaded, or under attack from where they are. */
const ALWAYS_ANSWERED = /^\/(?:health|metrics)\b/;

/** Adds the headers, the origins of `CORS_ORIGINS` and the overload stop. */
export async function registerSecurity(app: HttpApp, deps: HttpDeps): Promise<void> {
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
        'object-src': ["'none'"],
        'require-trusted-types-for': ["'script'"],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // TLS ends at nginx, which sends it.
    hsts: false,
  });
  const { allowed } = createOriginRule(deps.settings);
  if (allowed !== null) {
    await app.register(fastifyCors, {
      origin: allowed === '*' ? '*' : [...allowed],
      methods: ['GET', 'HEAD', 'POST', 'DELETE'],
      exposedHeaders: ['x-trace-id', 'retry-after', 'etag', 'content-language'],
      maxAge: 600,
    });
  }
  // Not @fastify/under-pressure: it looks at the event loop 100 times a second, whatever it is asked to watch.
  app.addHook('onRequest', async (request) => {
    if (ALWAYS_ANSWERED.test(request.url)) return;
    deps.callers.takeRequest(deps.callers.addressOf(request.raw));
    if (deps.isOverloaded()) throw new ChatError('OVERLOADED', { retryAfterMs: 2_000 });
  });
}
