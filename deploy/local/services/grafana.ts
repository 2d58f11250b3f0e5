/** A Grafana that is already on this machine: run on loopback with our Prometheus and our dashboards in it. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { startChild, untilUp } from '../process/child.ts';
import { isAnswering } from '../process/http.ts';
import { findOnPath, outputOf, type Program, versionIn } from './program.ts';
import { SCRAPE_SECONDS } from './prometheus.ts';
import type { Service } from './redis.ts';

/** `dir` holds configuration and data; `dashboards` is the folder of our JSON; `prometheus` a URL. */
export type GrafanaOptions = {
  dir: string;
  port: number;
  program: Program;
  dashboards: string;
  prometheus: string;
  logFile: string;
  signal?: AbortSignal | undefined;
  onSpawn?: ((pid: number) => void) | undefined;
};

/** Where packages put what the program needs beside itself; the last is for an archive that was unpacked. */
const HOMES = ['/usr/share/grafana', '/opt/homebrew/opt/grafana/share/grafana', '/usr/local/opt/grafana/share/grafana'];

/** grafana on PATH (`grafana-server` before version 9); null if there is none. */
export function findGrafana(): Program | null {
  const [file, old] = [findOnPath('grafana'), findOnPath('grafana-server')];
  const found = file ?? old;
  const version = found === null ? null : versionIn(outputOf(found, ['-v']), /[Vv]ersion /);
  if (found === null || version === null) return null;
  return { file: found, args: file === null ? [] : ['server'], env: {}, version, source: 'PATH' };
}

/** Starts it and waits until it answers. Whoever opens it may look at everything and change nothing. */
export async function startGrafana(options: GrafanaOptions): Promise<Service> {
  const { program, port, logFile, signal } = options;
  const dir = resolve(options.dir);
  const config = writeConfiguration({ ...options, dir });
  const home = [...HOMES, resolve(dirname(program.file), '..')].find((folder) => existsSync(join(folder, 'public')));
  const child = await startChild({
    file: program.file,
    args: [...program.args, '--config', config, ...(home === undefined ? [] : ['--homepath', home])],
    env: { ...process.env, ...program.env },
    cwd: dir,
    logFile,
    onSpawn: options.onSpawn,
  });
  const url = `http://127.0.0.1:${port}`;
  // the first start makes its database
  const isUp = () => isAnswering(`${url}/api/health`);
  await untilUp(child, isUp, { name: 'Grafana', logFile, timeoutMs: 90_000, signal });
  return { url, port, pid: child.pid, exited: child.exited, stop: () => child.stop() };
}

/** Writes grafana.ini and the provisioning; answers where the former is. */
export function writeConfiguration(
  options: Pick<GrafanaOptions, 'dir' | 'port' | 'dashboards' | 'prometheus'>,
): string {
  const { dir, port, dashboards, prometheus } = options;
  const provisioning = join(dir, 'provisioning');
  for (const folder of ['datasources', 'dashboards']) mkdirSync(join(provisioning, folder), { recursive: true });
  const source = { name: 'Prometheus', uid: 'c2c', type: 'prometheus', access: 'proxy', url: prometheus };
  const jsonData = { timeInterval: `${SCRAPE_SECONDS}s`, httpMethod: 'POST' };
  const folder = { name: 'C2C', folder: 'C2C', type: 'file', options: { path: dashboards } };
  const write = (file: string, content: object) =>
    // YAML is a superset of JSON
    writeFileSync(join(provisioning, file), `${JSON.stringify({ apiVersion: 1, ...content }, null, 2)}\n`);
  write('datasources/c2c.yaml', { datasources: [{ ...source, isDefault: true, jsonData }] });
  write('dashboards/c2c.yaml', { providers: [folder] });
  const file = join(dir, 'grafana.ini');
  writeFileSync(file, settings(dir, port));
  return file;
}

function settings(dir: string, port: number): string {
  const sections: Record<string, Record<string, string>> = {
    server: { http_addr: '127.0.0.1', http_port: String(port) },
    paths: { data: join(dir, 'data'), logs: join(dir, 'logs'), provisioning: join(dir, 'provisioning') },
    'auth.anonymous': { enabled: 'true', org_role: 'Viewer' },
    auth: { disable_login_form: 'true' },
    // Nobody: a default password is one.
    security: { disable_initial_admin_creation: 'true' },
    // no calls to anybody
    analytics: { reporting_enabled: 'false', check_for_updates: 'false', check_for_plugin_updates: 'false' },
    news: { news_feed_enabled: 'false' },
  };
  const lines = Object.entries(sections).flatMap(([name, pairs]) => [
    `[${name}]`,
    ...Object.entries(pairs).map(([key, value]) => `${key} = ${value}`),
  ]);
  return `${lines.join('\n')}\n`;
}
