/** The dashboards that are committed: what the code makes, and what Grafana and a reader need of them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dashboardFiles } from '../observability/dashboards/all.ts';
import { DASHBOARDS, interpolate, readDashboards } from '../observability/grafana-model.ts';
import { withUnit } from '../observability/pictures/format.ts';

const RUNBOOKS = join(import.meta.dirname, '../observability/runbooks');

const panels = readDashboards().flatMap(({ uid, panels: all }) =>
  all.filter(({ type }) => type !== 'row').map((panel) => ({ ...panel, name: `${uid} / ${panel.title}` })),
);

describe('the committed dashboards', () => {
  it.each(dashboardFiles())('$name is what the code makes (else: npm run dashboards)', ({ name, text }) => {
    expect(readFileSync(join(DASHBOARDS, name), 'utf8')).toBe(text);
  });

  it('are these six, under the schema of Grafana 11.0', () => {
    const all = readDashboards();
    expect(all.map(({ uid }) => uid)).toEqual(
      dashboardFiles()
        .map(({ name }) => name.replace('.json', ''))
        .sort(),
    );
    expect(new Set(all.map(({ schemaVersion }) => schemaVersion))).toEqual(new Set([39]));
  });

  it.each(panels)('$name is explained, has a unit and asks the chosen data source', (panel) => {
    expect(panel.description).toMatch(/\.$/);
    expect(panel.fieldConfig?.defaults.unit).toBeTruthy();
    expect(panel.fieldConfig?.defaults.thresholds?.steps[0]?.value).toBeNull();
    expect(panel.datasource).toEqual({ type: 'prometheus', uid: '$datasource' });
    expect(panel.targets?.length).toBeGreaterThan(0);
  });

  it('lead to runbooks that exist', () => {
    const files = panels.flatMap(({ links = [] }) => links.map(({ url }) => url));
    expect(files.length).toBeGreaterThan(10);
    for (const file of new Set(files)) expect(existsSync(file.replace(/^.+(?=\/)/, RUNBOOKS)), file).toBe(true);
  });

  it('have no two panels in one place', () => {
    for (const { uid, panels: all } of readDashboards()) {
      const cells = all.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
      );
      expect(new Set(cells).size, uid).toBe(cells.length);
      expect(Math.max(...all.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
    }
  });
});

describe('a query of a panel', () => {
  const choice = { nodes: ['n1', 'n2'], scrapeSeconds: 15, stepSeconds: 60, rangeSeconds: 3600 };

  it('is sent as Grafana sends it', () => {
    const expr = 'rate(a{node=~"$node"}[$__rate_interval]) + rate(b[$__range])';
    expect(interpolate(expr, choice)).toBe('rate(a{node=~"(n1|n2)"}[75s]) + rate(b[3600s])');
    expect(interpolate('[$__rate_interval]', { ...choice, stepSeconds: 15 })).toBe('[60s]');
  });
});

describe('a value in a picture', () => {
  it.each([
    [0.0042, 's', '4.2 ms'],
    [90, 's', '90 s'],
    [1536, 'bytes', '1.5 KiB'],
    [0.853, 'percentunit', '85.3%'],
    [12_345, 'mps', '12.3 K msg/s'],
    [3, 'none', '3'],
  ])('%d of %s is %s', (value, unit, text) => expect(withUnit(value, unit)).toBe(text));
});
