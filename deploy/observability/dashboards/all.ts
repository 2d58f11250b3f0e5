/** All dashboards as the files that are committed. */
import { buildDashboard } from './dashboard.ts';
import { DELIVERY } from './delivery.ts';
import { LOAD_TEST } from './load-test.ts';
import { NODE } from './node.ts';
import { OVERVIEW } from './overview.ts';
import { PRESENCE } from './presence.ts';
import { REDIS } from './redis.ts';

/** Names and contents. */
export function dashboardFiles(): { name: string; text: string }[] {
  return [OVERVIEW, DELIVERY, PRESENCE, REDIS, NODE, LOAD_TEST].map((spec) => ({
    name: `${spec.uid}.json`,
    text: `${JSON.stringify(buildDashboard(spec), null, 2)}\n`,
  }));
}
