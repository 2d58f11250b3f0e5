/** The built page, for a node that runs without nginx: the same files and caching as there. */
import { fastifyStatic } from '@fastify/static';
import type { HttpSettings } from './deps.ts';
import type { HttpApp } from './http-app.ts';

/** The name of an asset holds a hash of its content: what is cached can never be wrong. */
const FOR_EVER = 'public, max-age=31536000, immutable';
/** Asked for each time (304 if unchanged), so that a release reaches everybody. */
const EACH_TIME = 'no-cache';

/** Serves `WEB_ROOT` at `/`, and its index for every room link; nothing where no folder is configured. */
export async function registerPage(app: HttpApp, settings: HttpSettings): Promise<void> {
  if (settings.WEB_ROOT === '') return;
  await app.register(fastifyStatic, {
    root: settings.WEB_ROOT,
    wildcard: false,
    index: ['index.html'],
    // The build puts a `.gz` beside each text file.
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) =>
      void reply.header('Cache-Control', /[\\/]assets[\\/]/.test(path) ? FOR_EVER : EACH_TIME),
  });
  app.get('/r/:roomId', { schema: { hide: true } }, async (_request, reply) => reply.sendFile('index.html'));
}
