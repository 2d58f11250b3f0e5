/** A cluster with a Prometheus of its own beside it, which judges the shipped alarms in a fraction of their time. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrometheus } from '../../../../deploy/local/services/prometheus.ts';
import { type Cluster, type ClusterOptions, startCluster } from '../../support/cluster.ts';
import { eventually } from '../../support/eventually.ts';

/** A running cluster, and what its Prometheus says. */
export interface WatchedCluster extends Cluster {
  /** Names of the alarms that fire now, in order. */
  firing(): Promise<string[]>;
  /** Resolves when all of these fire. */
  untilFiring(...alarms: string[]): Promise<void>;
  /** Resolves when none of these fires. */
  untilSilent(...alarms: string[]): Promise<void>;
  /** Values of an instant query, in the order of its labels. */
  ask(query: string): Promise<number[]>;
}

const RULES = new URL('../../../../deploy/observability/prometheus/rules/alarms.yml', import.meta.url);
const INTERVAL_MS = 500;
/** How much faster than in production all times of the rules run. */
const HASTE = 20;
const PATIENCE_MS = 40_000;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Starts both; Prometheus looks at every node. */
export async function startWatchedCluster(options: ClusterOptions): Promise<WatchedCluster> {
  const cluster = await startCluster(options);
  const dir = mkdtempSync(join(tmpdir(), 'c2c-prometheus-'));
  const rules = join(dir, 'alarms.yml');
  writeFileSync(rules, hastened(readFileSync(RULES, 'utf8')));
  const targets = cluster.nodes.map(({ name, port }) => ({ job: 'c2c', port, labels: { node: name } }));
  const prometheus = await startPrometheus({ dir, targets, rules, intervalMs: INTERVAL_MS });

  async function get(path: string): Promise<unknown> {
    const answer = await fetch(`${prometheus.url}/api/v1/${path}`);
    const { data, error } = (await answer.json()) as { data?: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return data;
  }
  async function firing(): Promise<string[]> {
    const { alerts } = (await get('alerts')) as { alerts: { state: string; labels: { alertname: string } }[] };
    return [...new Set(alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname))].sort();
  }

  const watched = Object.assign(cluster, {
    firing,
    untilFiring: async (...alarms: string[]) =>
      void (await eventually(firing, (now) => alarms.every((alarm) => now.includes(alarm)), PATIENCE_MS)),
    untilSilent: async (...alarms: string[]) =>
      void (await eventually(firing, (now) => !alarms.some((alarm) => now.includes(alarm)), PATIENCE_MS)),
    async ask(query: string) {
      const { result } = (await get(`query?query=${encodeURIComponent(query)}`)) as {
        result: { value: [0, string] }[];
      };
      return result.map(({ value }) => Number(value[1]));
    },
    stop: stopBoth(cluster.stop, async () => {
      await prometheus.stop();
      rmSync(dir, { recursive: true, force: true });
    }),
  });
  // Prometheus takes five seconds before it looks anywhere.
  await eventually(
    () => watched.ask('c2c_ready'),
    (ready) => ready.length === targets.length,
    PATIENCE_MS,
  );
  await watched.untilSilent('C2CNoData');
  return watched;
}

function stopBoth(...stops: (() => Promise<void>)[]): () => Promise<void> {
  return async () => void (await Promise.all(stops.map((stop) => stop())));
}

/** The same rules with every `for` and every range shortened; thresholds stay. */
function hastened(rules: string): string {
  return rules.replaceAll(/(?<=for: |\[)\d+[smh]/g, (time) => {
    return `${(Number.parseInt(time, 10) * (UNIT_MS[time.slice(-1)] ?? 0)) / HASTE}ms`;
  });
}
