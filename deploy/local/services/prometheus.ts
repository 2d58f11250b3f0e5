/** Prometheus for one cluster: found on this machine, configured from what runs, on loopback, its data in a folder of ours. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startChild, untilUp } from '../process/child.ts';
import { isAnswering } from '../process/http.ts';
import { anyFreePort } from '../process/ports.ts';
import { findOnPath, isAtLeast, outputOf, type Program, versionIn } from './program.ts';
import type { Service } from './redis.ts';

/** Something on loopback that answers `/metrics`. Nodes name themselves in `node`. */
export type Target = { job: string; port: number; labels?: Readonly<Record<string, string>> };

/**
 * `dir` holds configuration and data; `port` absent or 0 takes any free one; `rules` is a pattern of files, `pages` a folder it
 * shows at /user; `intervalMs` lies between two looks (`SCRAPE_SECONDS`).
 */
export type PrometheusOptions = {
  dir: string;
  targets: readonly Target[];
  rules?: string;
  intervalMs?: number;
  pages?: string;
  port?: number;
  program?: Program;
  logFile?: string;
  signal?: AbortSignal | undefined;
  onSpawn?: ((pid: number) => void) | undefined;
};

/** The first with --web.enable-remote-write-receiver, which k6 writes to. */
const OLDEST = '2.33.0';
/** Seconds between two looks. A load test is over in minutes, and a rate needs four looks. */
export const SCRAPE_SECONDS = 5;

/** prometheus on PATH; null if there is none that is new enough. */
export function findPrometheus(): Program | null {
  const file = findOnPath('prometheus');
  return file === null ? null : describePrometheus(file, 'PATH', {});
}

/** A prometheus file as a program; null where it does not run or is too old. */
export function describePrometheus(
  file: string,
  source: string,
  env: Readonly<Record<string, string>>,
): Program | null {
  const version = versionIn(outputOf(file, ['--version'], env), /prometheus, version /);
  if (version === null || !isAtLeast(version, OLDEST)) return null;
  // Debian keeps the page beside the program; where the package was unpacked that is not /usr/share
  const assets = join(file, '../../share/prometheus/web/');
  const isElsewhere = !file.startsWith('/usr/') && existsSync(assets);
  return { file, args: isElsewhere ? [`--web.local-assets=${assets}`] : [], env, version, source };
}

/** Starts Prometheus on 127.0.0.1 and waits until it answers. Rejects with the end of its log when it does not. */
export async function startPrometheus(options: PrometheusOptions): Promise<Service> {
  const program = options.program ?? findPrometheus();
  if (program === null) throw new Error(`there is no prometheus ${OLDEST} or newer on PATH`);
  const dir = resolve(options.dir);
  const port = options.port || (await anyFreePort());
  const logFile = options.logFile ?? join(dir, 'prometheus.log');
  mkdirSync(join(dir, 'data'), { recursive: true });
  writeFileSync(join(dir, 'prometheus.yml'), configuration(options));
  const pages = options.pages === undefined ? [] : [`--web.user-assets=${options.pages}`];
  const child = await startChild({
    file: program.file,
    args: [...program.args, ...flags(dir, port), ...pages],
    env: { ...process.env, ...program.env },
    cwd: dir,
    logFile,
    onSpawn: options.onSpawn,
  });
  const url = `http://127.0.0.1:${port}`;
  // a long history is read first
  await untilUp(child, () => isAnswering(`${url}/-/ready`), {
    name: 'Prometheus',
    logFile,
    timeoutMs: 60_000,
    signal: options.signal,
  });
  return { url, port, pid: child.pid, exited: child.exited, stop: () => child.stop() };
}

function flags(dir: string, port: number): string[] {
  return [
    `--config.file=${join(dir, 'prometheus.yml')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-remote-write-receiver',
    `--storage.tsdb.path=${join(dir, 'data')}`,
    '--storage.tsdb.retention.time=15d',
    '--storage.tsdb.retention.size=2GB',
    '--log.level=warn',
  ];
}

/** YAML is a superset of JSON. */
function configuration({ targets, rules, intervalMs = SCRAPE_SECONDS * 1_000 }: PrometheusOptions): string {
  const jobs = [...new Set(targets.map(({ job }) => job))];
  const interval = `${intervalMs}ms`;
  const config = {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: rules === undefined ? [] : [rules],
    scrape_configs: jobs.map((job) => ({
      job_name: job,
      // what a node calls itself is what the target is called
      honor_labels: true,
      static_configs: targets.filter((target) => target.job === job).map(staticConfig),
    })),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function staticConfig({ port, labels = {} }: Target) {
  return { targets: [`127.0.0.1:${port}`], labels };
}
