import { expect, test } from 'vitest';
import { createMetrics } from '../../src/ops/metrics.ts';

test('every metric has a name of ours or a usual one, a help text and the node', async () => {
  const metrics = createMetrics({ nodeId: 'n7' });
  metrics.joins.inc({ outcome: 'joined' });
  const declared = await metrics.registry.getMetricsAsJSON();
  for (const { name, help } of declared) {
    expect(name).toMatch(/^(c2c|socket_io|nodejs|process)_[a-z0-9_]+$/);
    expect(help.length).toBeGreaterThan(5);
  }
  const names = new Set(declared.map(({ name }) => name));
  for (const name of ['socket_io_connected', 'socket_io_connect_total', 'socket_io_disconnect_total']) {
    expect(names).toContain(name);
  }
  expect(names).toContain('nodejs_eventloop_lag_p99_seconds');
  expect(await metrics.render()).toContain('c2c_joins_total{outcome="joined",node="n7"} 1');
  metrics.close();
});

test('no label names a room, a user or an address, and nothing is a summary', async () => {
  const metrics = createMetrics({ nodeId: 'n1' });
  const text = await metrics.render();
  expect(text).not.toMatch(/# TYPE \S+ summary/);
  const labels = [metrics.redisSeconds, metrics.httpSeconds, metrics.joins, metrics.gaps].flatMap((metric) =>
    'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [],
  );
  for (const label of labels) expect(label).not.toMatch(/room|user|address|ip/);
  metrics.close();
});

test('two nodes in one process do not share their numbers', async () => {
  const [one, other] = [createMetrics({ nodeId: 'n1' }), createMetrics({ nodeId: 'n2' })];
  one.liveRooms.set(3);
  expect(await other.render()).toContain('c2c_rooms_live{node="n2"} 0');
  one.close();
  other.close();
});
