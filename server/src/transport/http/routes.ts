/** All routes of the HTTP door. */
import type { HttpDeps } from './deps.ts';
import { registerDocs } from './docs.ts';
import { registerErrorsRoute } from './errors-route.ts';
import type { HttpApp } from './http-app.ts';
import { registerMessageRoutes } from './message-routes.ts';
import { registerOperatorRoutes } from './operator-routes.ts';
import { registerPage } from './page.ts';
import type { Replies } from './replies.ts';
import { registerRoomRoutes } from './room-routes.ts';
import { registerSessionRoutes } from './session-routes.ts';

/** Adds them; the documentation first, because it collects what comes after it. */
export async function registerRoutes(app: HttpApp, deps: HttpDeps, replies: Replies): Promise<void> {
  await registerDocs(app);
  registerRoomRoutes(app, deps, replies);
  registerMessageRoutes(app, deps, replies);
  registerSessionRoutes(app, deps, replies);
  registerErrorsRoute(app, deps, replies);
  registerOperatorRoutes(app, deps);
  await registerPage(app, deps.settings);
}
