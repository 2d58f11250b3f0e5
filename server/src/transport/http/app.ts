/** The HTTP door: Fastify with everything that holds for every route, and the routes. */
import { type FastifyInstance, fastify, LogController } from 'fastify';
import { LIMITS } from '../../protocol/index.ts';
import { parseAddressList } from '../address-list.ts';
import type { HttpDeps } from './deps.ts';
import { answerBrokenHttp, registerFallbacks } from './fallbacks.ts';
import type { HttpApp } from './http-app.ts';
import { registerObservability } from './observability.ts';
import { createReplies } from './replies.ts';
import { traceIdOf } from './request-facts.ts';
import { registerRoutes } from './routes.ts';
import { registerSecurity } from './security.ts';
import { compileSchema } from './validation.ts';

/** Builds the app; `listen` and `close` are its user's. Throws where the settings hold a list that cannot be read. */
export async function createHttpApp(deps: HttpDeps): Promise<FastifyInstance> {
  const isProxy = parseAddressList('TRUSTED_PROXIES', deps.settings.TRUSTED_PROXIES);
  const replies = createReplies(deps);
  const app: HttpApp = fastify({
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'traceId' }),
    bodyLimit: LIMITS.payloadBytes,
    // Longer than nginx keeps an idle connection to us, so that it never writes into one we are closing.
    keepAliveTimeout: 75_000,
    requestTimeout: 30_000,
    trustProxy: (address: string) => isProxy(address),
    genReqId: (request) => traceIdOf(request, isProxy),
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      replies.refuse(request, reply, error);
    },
    clientErrorHandler: (error, socket) => answerBrokenHttp(deps, error, socket),
    ...(deps.serverFactory === undefined ? {} : { serverFactory: deps.serverFactory }),
  });
  app.setValidatorCompiler(compileSchema);
  registerObservability(app, deps);
  await registerSecurity(app, deps);
  registerFallbacks(app, replies);
  await registerRoutes(app, deps, replies);
  return app;
}
