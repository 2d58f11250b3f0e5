/** Charts, figures and heatmaps as SVG, in the manner of Grafana's dark theme. */
import { scaleLinear, scaleSqrt } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { Defaults } from '../grafana-model.ts';
import { wholeOf, withUnit } from './format.ts';

/** A line of a chart: one value (or none) for each moment. */
export type Curve = { name: string; values: readonly (number | null)[] };

/** What is drawn, and how large. `moments` are seconds. */
export type Drawing = {
  width: number;
  height: number;
  moments: readonly number[];
  curves: readonly Curve[];
  defaults: Defaults;
};

const COLOURS = [
  '#73bf69',
  '#f2cc0c',
  '#5794f2',
  '#ff9830',
  '#f2495c',
  '#b877d9',
  '#8ab8ff',
  '#fade2a',
  '#96d98d',
  '#ffb357',
];
const NAMED: Readonly<Record<string, string>> = { green: '#73bf69', red: '#f2495c' };
const GRID = '#2c3235';
const TEXT = '#9fa7b3';
const LEFT = 72;
const ROW = 16;

const colour = (index: number) => COLOURS[index % COLOURS.length] ?? TEXT;

/** Lines over time with axes, the limit dashed, and a legend with the last values. */
export function chartSvg(drawing: Drawing): string {
  const { width, height, moments, curves, defaults } = drawing;
  const isStacked = defaults.custom?.stacking?.mode === 'normal';
  const legend = legendSvg(drawing);
  const bottom = height - 18 - legend.height;
  const layers = isStacked ? stacked(curves) : curves.map(({ values }) => ({ base: values.map(() => 0), top: values }));
  const limit = limitOf(defaults);
  const x = scaleLinear([moments[0] ?? 0, moments.at(-1) ?? 1], [LEFT, width - 8]);
  const top = highest(layers, limit, defaults);
  // round numbers of what the ticks are written in: MiB, minutes
  const whole = wholeOf(top, defaults.unit ?? 'none');
  const round = scaleLinear([0, top / whole], [bottom, 8]).nice(4);
  const y = (value: number) => round(value / whole);
  const shapes = layers.map(({ base, top }, index) => {
    const points = moments.map((moment, at) => ({ moment, low: base[at] ?? 0, high: top[at] ?? null }));
    const isThere = ({ high }: { high: number | null }) => high !== null;
    const fill = area<(typeof points)[number]>(
      ({ moment }) => x(moment),
      ({ low }) => y(low),
      ({ high }) => y(high ?? 0),
    );
    const stroke = line<(typeof points)[number]>(
      ({ moment }) => x(moment),
      ({ high }) => y(high ?? 0),
    );
    const opacity = isStacked ? 0.35 : 0.07;
    return `<path d="${fill.defined(isThere)(points) ?? ''}" fill="${colour(index)}" opacity="${opacity}"/>
      <path d="${stroke.defined(isThere)(points) ?? ''}" fill="none" stroke="${colour(index)}" stroke-width="1.4"/>`;
  });
  const level = limit === null ? '' : dashed(y(limit.value), width, limit.colour);
  const axes = `${valueAxis(
    round.ticks(4).map((tick) => tick * whole),
    y,
    drawing,
  )}${timeAxis(drawing, x, bottom)}`;
  return svg(drawing, `${axes}${shapes.join('')}${level}<g transform="translate(0 ${bottom + 20})">${legend.text}</g>`);
}

/** The last value, large, with its course behind it. */
export function figureSvg(drawing: Drawing): string {
  const { width, height, moments, defaults, curves } = drawing;
  const values = curves[0]?.values ?? [];
  const last = values.findLast((value) => value !== null) ?? null;
  const x = scaleLinear([moments[0] ?? 0, moments.at(-1) ?? 1], [0, width]);
  const y = scaleLinear([0, Math.max(1e-9, ...values.map((value) => value ?? 0))], [height, height * 0.62]);
  const shape = area<number | null>(
    (_, at) => x(moments[at] ?? 0),
    height,
    (value) => y(value ?? 0),
  );
  const hasLimit = (defaults.thresholds?.steps.length ?? 0) > 1;
  const shade = hasLimit && last !== null ? stepColour(last, defaults) : '#d8d9da';
  const text = last === null ? 'No data' : withUnit(last, defaults.unit ?? 'none', defaults.decimals);
  return svg(
    drawing,
    `<path d="${shape.defined((value) => value !== null)(values) ?? ''}" fill="${shade}" opacity="0.16"/>
    <text x="${width / 2}" y="${height * 0.55}" text-anchor="middle" font-size="34" font-weight="600" fill="${shade}">${markup(text)}</text>`,
  );
}

/** Buckets from below to above; the more hits, the brighter. The curves are Prometheus' cumulative buckets, named by `le`. */
export function heatSvg(drawing: Drawing): string {
  const { width, height, moments, curves, defaults } = drawing;
  const sorted = curves.filter(({ name }) => name !== '+Inf').sort((a, b) => Number(a.name) - Number(b.name));
  const rows = sorted.map(({ name, values }, index) => ({
    name,
    hits: values.map((value, at) => Math.max(0, (value ?? 0) - (sorted[index - 1]?.values[at] ?? 0))),
  }));
  const bottom = height - 18;
  const cell = { w: (width - LEFT - 8) / moments.length, h: (bottom - 8) / Math.max(1, rows.length) };
  const most = Math.max(1e-9, ...rows.flatMap(({ hits }) => hits));
  const shade = scaleSqrt([0, most], ['#1f2f46', '#8ab8ff']);
  const cells = rows.flatMap(({ hits }, row) =>
    hits.map((hit, at) => {
      if (hit === 0) return '';
      const [left, top] = [LEFT + at * cell.w, bottom - (row + 1) * cell.h];
      return `<rect x="${left}" y="${top}" width="${cell.w + 0.3}" height="${cell.h - 1}" fill="${shade(hit)}"/>`;
    }),
  );
  const names = rows.map(({ name }, row) => {
    const text = row % 2 === 0 ? withUnit(Number(name), defaults.unit ?? 'none') : '';
    return label([LEFT - 6, bottom - (row + 0.5) * cell.h + 4], text);
  });
  const x = scaleLinear([moments[0] ?? 0, moments.at(-1) ?? 1], [LEFT, width - 8]);
  return svg(drawing, `${names.join('')}${cells.join('')}${timeAxis(drawing, x, bottom)}`);
}

type Layer = { base: readonly (number | null)[]; top: readonly (number | null)[] };

function stacked(curves: readonly Curve[]): Layer[] {
  let base: number[] = curves[0]?.values.map(() => 0) ?? [];
  return curves.map(({ values }) => {
    const layer = { base, top: values.map((value, at) => (value === null ? null : value + (base[at] ?? 0))) };
    base = layer.top.map((value, at) => value ?? base[at] ?? 0);
    return layer;
  });
}

function highest(layers: readonly Layer[], limit: { value: number } | null, { max, unit }: Defaults): number {
  if (max !== undefined) return max;
  const top = Math.max(0, ...layers.flatMap((layer) => layer.top.map((value) => value ?? 0)));
  // a limit far above everything would press the lines to the ground
  const withLimit = limit !== null && limit.value < top * 4 ? Math.max(top, limit.value) : top;
  if (withLimit > 0) return withLimit * 1.05;
  return unit === 's' ? 0.001 : 1;
}

function limitOf({ custom, thresholds }: Defaults): { value: number; colour: string } | null {
  const last = thresholds?.steps.at(-1);
  if (custom?.thresholdsStyle === undefined || last?.value == null) return null;
  return { value: last.value, colour: NAMED[last.color] ?? TEXT };
}

function stepColour(value: number, { thresholds }: Defaults): string {
  const step = thresholds?.steps.findLast((candidate) => candidate.value === null || value >= candidate.value);
  return NAMED[step?.color ?? ''] ?? TEXT;
}

function dashed(at: number, width: number, stroke: string): string {
  if (at < 0) return '';
  return `<line x1="${LEFT}" x2="${width - 8}" y1="${at}" y2="${at}" stroke="${stroke}" stroke-dasharray="6 5"/>`;
}

function valueAxis(ticks: readonly number[], y: (value: number) => number, { width, defaults }: Drawing): string {
  const rows = ticks.map((tick) => {
    const at = y(tick);
    const grid = `<line x1="${LEFT}" x2="${width - 8}" y1="${at}" y2="${at}" stroke="${GRID}"/>`;
    return `${grid}${label([LEFT - 6, at + 4], withUnit(tick, defaults.unit ?? 'none'))}`;
  });
  return rows.join('');
}

function timeAxis({ moments }: Drawing, x: (moment: number) => number, bottom: number): string {
  const [first = 0, last = 0] = [moments[0], moments.at(-1)];
  const every = [10, 30, 60, 120, 300, 600].find((seconds) => (last - first) / seconds <= 6) ?? 900;
  const ticks = Array.from({ length: 8 }, (_, index) => (Math.ceil(first / every) + index) * every);
  const shown = ticks.filter((tick) => tick <= last);
  return shown.map((tick) => label([x(tick), bottom + 14], clock(tick), 'middle')).join('');
}

function clock(second: number): string {
  return new Date(second * 1000).toISOString().slice(11, 19);
}

function legendSvg({ width, curves, defaults }: Drawing): { text: string; height: number } {
  let [left, row] = [0, 0];
  const parts = curves.map(({ name, values }, index) => {
    const last = values.findLast((value) => value !== null);
    const text = `${name}  ${last == null ? '–' : withUnit(last, defaults.unit ?? 'none', defaults.decimals)}`;
    const wide = text.length * 6.3 + 30;
    if (left > 0 && left + wide > width - 8) [left, row] = [0, row + 1];
    const part = `<rect x="${left + 8}" y="${row * ROW + 4}" width="12" height="3" fill="${colour(index)}"/>
      ${label([left + 25, row * ROW + 10], text, 'start')}`;
    left += wide;
    return part;
  });
  return { text: parts.join(''), height: (row + 1) * ROW + 6 };
}

function label([x, y]: [number, number], text: string, anchor: 'start' | 'middle' | 'end' = 'end'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="11" fill="${TEXT}">${markup(text)}</text>`;
}

function svg({ width, height }: Drawing, inside: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${inside}</svg>`;
}

/** Text as it may stand in HTML and SVG. */
export function markup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
