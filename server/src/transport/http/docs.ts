/** /api/docs: OpenAPI 3.1 from the very schemas that validate, as JSON, YAML and a page. */
import { fastifySwagger } from '@fastify/swagger';
import { fastifySwaggerUi } from '@fastify/swagger-ui';
import type { HttpApp } from './http-app.ts';

/** The page sets styles from scripts and draws its icons as data; scripts come from us alone. */
const PAGE_CSP = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Adds the documentation; before the routes, which it collects. */
export async function registerDocs(app: HttpApp): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'C2C',
        version: '1',
        description: 'Rooms and messages over REST. Socket.IO and /ws speak the vocabulary of PROTOCOL.md.',
      },
      tags: [{ name: 'rooms' }, { name: 'messages' }, { name: 'sessions' }, { name: 'errors' }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: PAGE_CSP,
    uiConfig: { docExpansion: 'list', validatorUrl: null },
  });
}
