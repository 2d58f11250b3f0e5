/** The built page, for a node that runs without nginx: the same files and caching as there. */
import { fastifyStatic } from '@fastify/static';
import type { FastifyRequest } from 'fastify';
import type { HttpSettings } from './deps.ts';
import type { HttpApp } from './http-app.ts';
import { isApiPath } from './replies.ts';

/** The name of an asset holds a hash of its content: what is cached can never be wrong. */
const FOR_EVER = 'public, max-age=31536000, immutable';
/** Asked for each time (304 if unchanged), so that a release reaches everybody. */
const EACH_TIME = 'no-cache';

const ROOM_LINK = /^\/r\/[a-z0-9]{8}\/?(?:\?|$)/;

/**
 * Serves `WEB_ROOT` at `/` and its index for every room link, whether or not there is such a room. To a browser at any
 * other address the page itself says that nothing is there, under the status 404. Nothing where no folder is configured.
 */
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
  app.get('/*', { schema: { hide: true } }, async (request, reply) => {
    if (ROOM_LINK.test(request.url)) return reply.sendFile('index.html');
    return isForPeople(request) ? reply.code(404).sendFile('index.html') : reply.callNotFound();
  });
}

function isForPeople({ url, headers }: FastifyRequest): boolean {
  return !isApiPath(url) && headers.accept?.includes('text/html') === true;
}
