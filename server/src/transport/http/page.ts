/** The built page, for a node that runs without nginx. */
import { fastifyStatic } from '@fastify/static';
import type { HttpSettings } from './deps.ts';
import type { HttpApp } from './http-app.ts';

/** Serves `WEB_ROOT` at `/`, and its index for every room link; nothing where no folder is configured. */
export async function registerPage(app: HttpApp, settings: HttpSettings): Promise<void> {
  if (settings.WEB_ROOT === '') return;
  await app.register(fastifyStatic, { root: settings.WEB_ROOT, wildcard: false, index: ['index.html'] });
  app.get('/r/:roomId', { schema: { hide: true } }, async (_request, reply) => reply.sendFile('index.html'));
}
