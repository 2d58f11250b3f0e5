/** What `--observe` adds to a cluster: exporters, Prometheus that looks at every part, and Grafana if there is one. */
import { join } from 'node:path';
import { findFreePort } from '../process/ports.ts';
import { EXPORTERS, type Exported, startExporter } from '../services/exporters.ts';
import { findGrafana, startGrafana } from '../services/grafana.ts';
import { startPrometheus, type Target } from '../services/prometheus.ts';
import { PROMETHEUS, provide } from '../services/provision.ts';
import { type NodePort, run, type Site } from './parts.ts';
import { good, say, warning } from './terminal.ts';

/** What there is to look at; `statusPort` is nginx's. */
export type Observed = {
  nodes: readonly NodePort[];
  statusPort: number;
  redisUrl: string;
  databaseUrl: string | undefined;
};

const FIRST_PORT = { prometheus: 9090, grafana: 3000, nginx: 9113, redis: 9121, postgres: 9187 };
const DASHBOARDS = 'deploy/observability/grafana/dashboards';
const RUNBOOKS = 'deploy/observability/runbooks';
const RULES = 'deploy/observability/prometheus/rules/*.yml';

/** A port for nginx's own counts; `publicPort` is about to be taken. */
export function findStatusPort(publicPort: number): Promise<number> {
  return findFreePort(18_080, new Set([publicPort]));
}

/** Starts what can be had. What cannot is told in a sentence, and the rest runs. Answers rows for the box. */
export async function bringUpObservation(site: Site, observed: Observed): Promise<(readonly [string, string])[]> {
  const targets: Target[] = observed.nodes.map(({ name, port }) => ({ job: 'c2c', port, labels: { node: name } }));
  const wanted: [Exported, string | undefined][] = [
    ['nginx', `http://127.0.0.1:${observed.statusPort}/stub_status`],
    ['redis', observed.redisUrl],
    ['postgres', observed.databaseUrl],
  ];
  for (const [of, target] of wanted) {
    if (target === undefined) continue;
    const port = await orWarning(site, () => bringUpExporter(site, of, target));
    if (port !== null) targets.push({ job: of, port });
  }
  const url = await orWarning(site, () => bringUpPrometheus(site, targets));
  if (url === null) return [];
  const grafana = await orWarning(site, () => bringUpGrafana(site, url));
  return [
    ['Prometheus', `${url}    alarms: ${url}/alerts    k6 writes to ${url}/api/v1/write`],
    ['Grafana', grafana ?? `none on PATH; in any: Dashboards, New, Import ${DASHBOARDS}/*.json`],
  ];
}

async function orWarning<T>(site: Site, bring: () => Promise<T>): Promise<T | null> {
  try {
    return await bring();
  } catch (error) {
    site.signal.throwIfAborted();
    say(warning(error instanceof Error ? error.message : String(error)));
    return null;
  }
}

/** One that never came up is no part of what runs. */
async function runObserver(site: Site, part: Parameters<typeof run>[2]): Promise<void> {
  await run(site, 'observer', part).catch((error: unknown) => {
    const observers = site.ledger.state().observers?.filter(({ name }) => name !== part.noted.name) ?? [];
    site.ledger.update({ observers });
    throw error;
  });
}

async function bringUpExporter(site: Site, of: Exported, target: string): Promise<number> {
  const program = await provide(EXPORTERS[of], { ...site, say });
  const port = await findFreePort(FIRST_PORT[of]);
  const name = `${of}-exporter`;
  const logFile = join(site.home, 'logs', `${name}.log`);
  const options = { of, target, port, program, logFile, signal: site.signal };
  const noted = { name, port, url: `http://127.0.0.1:${port}/metrics`, log: logFile, source: program.source };
  await runObserver(site, { noted, start: (onSpawn) => startExporter({ ...options, onSpawn }) });
  return port;
}

async function bringUpPrometheus(site: Site, targets: readonly Target[]): Promise<string> {
  const program = await provide(PROMETHEUS, { ...site, say });
  const port = await findFreePort(FIRST_PORT.prometheus);
  const logFile = join(site.home, 'logs', 'prometheus.log');
  const dir = join(site.home, 'prometheus');
  const all = [...targets, { job: 'prometheus', port }];
  const options = {
    dir,
    port,
    program,
    targets: all,
    rules: join(site.root, RULES),
    pages: join(site.root, RUNBOOKS),
    logFile,
    signal: site.signal,
  };
  const url = `http://127.0.0.1:${port}`;
  const noted = { name: 'prometheus', port, url, log: logFile, source: program.source };
  await runObserver(site, { noted, start: (onSpawn) => startPrometheus({ ...options, onSpawn }) });
  say(good(`Prometheus ${program.version} (${program.source}) on port ${port}, ${all.length} targets`));
  return url;
}

/** Only where there is one: it is 300 MB, and no distribution brings it. */
async function bringUpGrafana(site: Site, prometheus: string): Promise<string | null> {
  const program = findGrafana();
  if (program === null) return null;
  const port = await findFreePort(FIRST_PORT.grafana);
  const logFile = join(site.home, 'logs', 'grafana.log');
  const [dir, dashboards] = [join(site.home, 'grafana'), join(site.root, DASHBOARDS)];
  const options = { dir, port, program, dashboards, prometheus, logFile, signal: site.signal };
  const url = `http://127.0.0.1:${port}`;
  const noted = { name: 'grafana', port, url, log: logFile, source: program.source };
  await runObserver(site, { noted, start: (onSpawn) => startGrafana({ ...options, onSpawn }) });
  say(good(`Grafana ${program.version} (${program.source}) on port ${port}`));
  return url;
}
