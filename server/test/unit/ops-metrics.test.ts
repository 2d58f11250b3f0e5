import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { createMetrics, type Metrics } from '../../src/ops/metrics.ts';

const LIST = new URL('../../../deploy/observability/prometheus/rules/README.md', import.meta.url);
/** What a unit stands for at the end of a name; everything else counts things. */
const UNITS = /_(seconds|bytes|ratio|frames)$/;

const made: Metrics[] = [];
const metricsOf = (nodeId: string) => {
  const metrics = createMetrics({ nodeId });
  made.push(metrics);
  return metrics;
};
afterEach(() => {
  for (const metrics of made.splice(0)) metrics.close();
});

const declared = () => metricsOf('n1').registry.getMetricsAsArray();
const own = () => declared().filter(({ name }) => /^(c2c|socket_io)_/.test(name));

test('every metric has a name of ours or a usual one, a help text and the node', async () => {
  const metrics = metricsOf('n7');
  metrics.joins.inc({ outcome: 'joined' });
  for (const { name, help } of declared()) {
    expect(name).toMatch(/^(c2c|socket_io|nodejs|process)_[a-z0-9_]+$/);
    expect(help.length).toBeGreaterThan(5);
  }
  const names = new Set(declared().map(({ name }) => name));
  for (const name of ['socket_io_connected', 'socket_io_connect_total', 'socket_io_disconnect_total']) {
    expect(names).toContain(name);
  }
  expect(names).toContain('nodejs_eventloop_lag_p99_seconds');
  expect(await metrics.render()).toContain('c2c_joins_total{outcome="joined",node="n7"} 1');
});

test('a histogram has its unit in its name and in its help', () => {
  for (const { name, help, type } of own() as unknown as { name: string; help: string; type?: string }[]) {
    if (type !== undefined && String(type) === 'histogram') expect(name).toMatch(UNITS);
    if (name.endsWith('_seconds')) expect(help).toMatch(/Seconds|Age|late/);
  }
});

test('no label names a room, a user or an address, and nothing is a summary', async () => {
  const text = await metricsOf('n1').render();
  expect(text).not.toMatch(/# TYPE \S+ summary/);
  for (const metric of own()) {
    const labels = 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [];
    for (const label of labels) expect(label).not.toMatch(/room|user|address|ip/);
  }
});

test('counters that alarms look at are there before anything happens', async () => {
  const text = await metricsOf('n1').render();
  expect(text).toContain('c2c_connections_cut_total{door="websocket",reason="SLOW_CONSUMER",node="n1"} 0');
  expect(text).toContain('c2c_resyncs_total{reason="history_lost",node="n1"} 0');
  expect(text).toContain('c2c_handshakes_refused_total{code="OVERLOADED",node="n1"} 0');
});

test('the list for those who write queries is complete', async () => {
  const rows = (await metricsOf('n1').registry.getMetricsAsJSON())
    .filter(({ name }) => /^(c2c|socket_io)_/.test(name))
    .map(({ name, type, help }) => `| \`${name}\` | ${String(type)} | ${labelsOf(name)} | ${help} |`);
  const listed = readFileSync(LIST, 'utf8').split('\n');
  expect(listed.filter((line) => /^\| `(c2c|socket_io)_/.test(line))).toEqual(rows);
});

function labelsOf(name: string): string {
  const metric = own().find((one) => one.name === name);
  const labels = metric && 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [];
  return labels.map((label) => `\`${label}\``).join(', ');
}

test('two nodes in one process do not share their numbers', async () => {
  const [one, other] = [metricsOf('n1'), metricsOf('n2')];
  one.liveRooms.set(3);
  expect(await other.render()).toContain('c2c_rooms_live{node="n2"} 0');
});
