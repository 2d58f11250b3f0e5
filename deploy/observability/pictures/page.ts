/** One dashboard as a page: its panels in their places, drawn from what a Prometheus answers. */
import { type Choice, type Dashboard, interpolate, type Panel } from '../grafana-model.ts';
import { askRange, type Course, type Window } from '../prometheus-api.ts';
import { type Curve, chartSvg, type Drawing, figureSvg, heatSvg, markup } from './svg.ts';

/** Where the data is, which part of it, and for which nodes. */
export type Source = { url: string; window: Window; choice: Choice };

/** The page is this wide; a column of Grafana's 24 and a row are as large. */
export const PAGE_WIDTH = 1600;
const COLUMN = (PAGE_WIDTH - 16) / 24;
const ROW = 36;
const GAP = 8;
const HEADER = 30;

const STYLE = `body{margin:0;background:#111217;color:#d8d9da;font-family:"DejaVu Sans",sans-serif}
h1{font-size:20px;font-weight:500;margin:16px 16px 2px}p{margin:0 16px 12px;font-size:13px;color:#9fa7b3}
main{position:relative}section{position:absolute;background:#181b1f;border:1px solid #24282e;border-radius:3px}
h2{font-size:13px;font-weight:500;margin:8px 10px 0;white-space:nowrap;overflow:hidden}
h3{position:absolute;margin:0;font-size:15px;font-weight:500;left:10px}`;

/** The HTML of the page. */
export async function dashboardPage(dashboard: Dashboard, source: Source): Promise<string> {
  const panels = await Promise.all(dashboard.panels.map((panel) => panelHtml(panel, source)));
  const height = Math.max(...dashboard.panels.map(({ gridPos }) => (gridPos.y + gridPos.h) * ROW)) + GAP;
  const isPerNode = JSON.stringify(dashboard.panels).includes('$node');
  const which = isPerNode ? `, ${source.choice.nodes.join(', ')}` : '';
  const when = `${stamp(source.window.start)} to ${stamp(source.window.end)} UTC${which}`;
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>
    <h1>${markup(dashboard.title)}</h1><p>${markup(dashboard.description)} (${when})</p>
    <main style="height:${height}px">${panels.join('\n')}</main>`;
}

async function panelHtml(panel: Panel, source: Source): Promise<string> {
  const { gridPos, title } = panel;
  const [left, top] = [8 + gridPos.x * COLUMN, gridPos.y * ROW];
  if (panel.type === 'row') return `<h3 style="top:${top + 9}px">${markup(title)}</h3>`;
  const [width, height] = [gridPos.w * COLUMN - GAP, gridPos.h * ROW - GAP];
  const drawing = { width, height: height - HEADER, ...(await dataOf(panel, source)) };
  const draw = { timeseries: chartSvg, stat: figureSvg, heatmap: heatSvg }[panel.type];
  const place = `left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
  return `<section style="${place}"><h2>${markup(title)}</h2>${draw(drawing)}</section>`;
}

async function dataOf(panel: Panel, source: Source): Promise<Pick<Drawing, 'moments' | 'curves' | 'defaults'>> {
  const { url, window, choice } = source;
  const length = Math.floor((window.end - window.start) / window.step) + 1;
  const moments = Array.from({ length }, (_, index) => window.start + index * window.step);
  const answers = await Promise.all(
    (panel.targets ?? []).map(async ({ expr, legendFormat }) => {
      const courses = await askRange(url, interpolate(expr, choice), window);
      return courses.map((course) => curve(course, legendFormat, moments));
    }),
  );
  const curves = answers.flat().sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  const isOrdered = (panel.targets?.length ?? 0) > 1;
  return { moments, curves: isOrdered ? answers.flat() : curves, defaults: panel.fieldConfig?.defaults ?? {} };
}

function curve({ labels, points }: Course, legend: string, moments: readonly number[]): Curve {
  const values = new Map(points.map(([second, value]) => [Math.round(second), value]));
  const name = legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? '').trim();
  return { name, values: moments.map((moment) => values.get(Math.round(moment)) ?? null) };
}

function stamp(second: number): string {
  return new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ');
}
