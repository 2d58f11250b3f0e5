/** `npm run dashboards`: writes the dashboards that Grafana imports. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { good, say } from '../../local/cluster/terminal.ts';
import { dashboardFiles } from './all.ts';

const FOLDER = join(import.meta.dirname, '../grafana/dashboards');

mkdirSync(FOLDER, { recursive: true });
for (const { name, text } of dashboardFiles()) {
  writeFileSync(join(FOLDER, name), text);
  say(good(`deploy/observability/grafana/dashboards/${name}`));
}
