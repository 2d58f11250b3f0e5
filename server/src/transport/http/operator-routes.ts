/** /health, /health/live, /health/ready and /metrics: for operators and load balancers, outside the envelope. */
import type { HttpDeps } from './deps.ts';
import type { HttpApp } from './http-app.ts';

const HIDDEN = { schema: { hide: true } } as const;

/** Adds the routes. */
export function registerOperatorRoutes(app: HttpApp, { readiness, metrics }: HttpDeps): void {
  app.get('/health/live', HIDDEN, async () => ({ status: 'ok' }));

  app.get('/health/ready', HIDDEN, async (_request, reply) => {
    const { ok, checks } = await readiness.report();
    return reply.code(ok ? 200 : 503).send({ status: ok ? 'ok' : 'unavailable', checks });
  });

  // The only one that the public may see: it names no part of the system.
  app.get('/health', HIDDEN, async (_request, reply) => {
    const { ok } = await readiness.report();
    return reply.code(ok ? 200 : 503).send({ status: ok ? 'ok' : 'unavailable' });
  });

  app.get('/metrics', HIDDEN, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.render()));
}
