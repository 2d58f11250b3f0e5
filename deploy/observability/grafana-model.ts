/** The committed dashboards as Grafana reads them: panels in their places, variables put into queries. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of Grafana's model that tests and pictures use. */
export type Dashboard = { uid: string; title: string; description: string; schemaVersion: number; panels: Panel[] };
export type Panel = {
  id: number;
  type: 'row' | 'timeseries' | 'stat' | 'heatmap';
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: Target[];
  links?: { url: string }[];
  datasource?: { uid: string };
  fieldConfig?: { defaults: Defaults };
};
export type Target = { refId: string; expr: string; legendFormat: string };
export type Defaults = {
  unit?: string;
  decimals?: number;
  max?: number;
  thresholds?: { steps: { color: string; value: number | null }[] };
  custom?: { stacking?: { mode: string }; thresholdsStyle?: { mode: string } };
};

/** Where they are committed. */
export const DASHBOARDS = join(import.meta.dirname, 'grafana/dashboards');

/** All of them. */
export function readDashboards(): Dashboard[] {
  const names = readdirSync(DASHBOARDS).filter((name) => name.endsWith('.json'));
  return names.map((name) => JSON.parse(readFileSync(join(DASHBOARDS, name), 'utf8')) as Dashboard);
}

/** The nodes that are chosen, and seconds: between two looks of Prometheus, between two points of the panel, and shown in all. */
export type Choice = { nodes: readonly string[]; scrapeSeconds: number; stepSeconds: number; rangeSeconds: number };

/**
 * A query as Grafana sends it. `$__rate_interval` is four looks of Prometheus, or a look and a step where that is more:
 * https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
 */
export function interpolate(expr: string, { nodes, scrapeSeconds, stepSeconds, rangeSeconds }: Choice): string {
  const rateSeconds = Math.max(4 * scrapeSeconds, scrapeSeconds + stepSeconds);
  return expr
    .replaceAll('$__rate_interval', `${rateSeconds}s`)
    .replaceAll('$__range', `${rangeSeconds}s`)
    .replaceAll('$node', nodes.length === 1 ? `${nodes[0]}` : `(${nodes.join('|')})`);
}
