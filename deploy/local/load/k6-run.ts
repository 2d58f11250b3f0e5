/** One process of k6 on our script: started, asked how it goes, ended. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, startChild } from '../process/child.ts';
import { anyFreePort } from '../process/ports.ts';
import type { Program } from '../services/program.ts';

/** `script` are the settings of `loadtest/src/settings.ts`; `part` names the files in `folder`. */
export type K6Options = {
  program: Program;
  root: string;
  folder: string;
  part: string;
  script: Readonly<Record<string, string | undefined>>;
  hasReport: boolean;
  remoteWrite?: string | undefined;
};

/** Values of a metric: `count` of a counter, `p(95)` of a time. */
export type Values = Readonly<Record<string, number>>;

/** What `handleSummary` of the script writes. */
export type Summary = {
  metrics: Record<string, { values: Values; thresholds?: Record<string, { ok: boolean }> }>;
  state: { testRunDurationMs: number };
};

/** What `setup` of the script made. */
export type Plan = { startAt: number; roomIds: string[] };

/** A running k6. */
export interface K6Run {
  readonly child: Child;
  readonly logFile: string;
  readonly reportFile: string;
  /** The metrics of now; empty where it does not answer. */
  metrics(): Promise<Map<string, Values>>;
  /** The plan, once it is made; null before. */
  plan(): Promise<Plan | null>;
  /** What it wrote at its end; null where it wrote nothing. */
  summary(): Summary | null;
}

const ASK_WITHIN_MS = 2_000;

/** Starts k6. Its words go to `<part>.log`. */
export async function startK6(options: K6Options): Promise<K6Run> {
  const { program, root, folder, part, script, remoteWrite } = options;
  mkdirSync(folder, { recursive: true });
  const file = (name: string) => join(folder, name);
  const [logFile, summaryFile, reportFile] = [file(`${part}.log`), file(`${part}.json`), file('report.html')];
  for (const old of [logFile, summaryFile, ...(options.hasReport ? [reportFile] : [])]) rmSync(old, { force: true });
  const port = await anyFreePort();
  const variables = Object.entries({ ...script, SUMMARY: summaryFile }).flatMap(([name, value]) =>
    value === undefined ? [] : ['-e', `${name}=${value}`],
  );
  const outputs = remoteWrite === undefined ? [] : ['--out', 'experimental-prometheus-rw'];
  const flags = ['--quiet', '--no-color', '--address', `127.0.0.1:${port}`, ...outputs];
  const child = await startChild({
    file: program.file,
    args: [...program.args, 'run', ...flags, ...variables, join(root, 'loadtest/src/main.ts')],
    env: { ...process.env, ...program.env, ...k6Environment(options, reportFile) },
    logFile,
  });
  return {
    child,
    logFile,
    reportFile,
    async metrics() {
      const data = await ask(port, 'metrics');
      return new Map(Array.isArray(data) ? data.map(({ id, attributes }) => [id, attributes.sample]) : []);
    },
    async plan() {
      const data = (await ask(port, 'setup')) as { attributes?: { data?: Plan | null } } | null;
      return data?.attributes?.data ?? null;
    },
    summary: () => (existsSync(summaryFile) ? (JSON.parse(readFileSync(summaryFile, 'utf8')) as Summary) : null),
  };
}

/** k6 listens nowhere but for us, calls nobody, and exports its page at the end. */
function k6Environment({ hasReport, remoteWrite }: K6Options, reportFile: string): Record<string, string> {
  const page = {
    K6_WEB_DASHBOARD: 'true',
    K6_WEB_DASHBOARD_PORT: '-1',
    K6_WEB_DASHBOARD_PERIOD: '1s',
    K6_WEB_DASHBOARD_EXPORT: reportFile,
  };
  const prometheus = {
    K6_PROMETHEUS_RW_SERVER_URL: remoteWrite ?? '',
    K6_PROMETHEUS_RW_TREND_STATS: 'p(50),p(95),p(99),max,avg',
    K6_PROMETHEUS_RW_PUSH_INTERVAL: '2s',
    K6_PROMETHEUS_RW_STALE_MARKERS: 'true',
  };
  return {
    K6_NO_USAGE_REPORT: 'true',
    ...(hasReport ? page : {}),
    ...(remoteWrite === undefined ? {} : prometheus),
  };
}

type Answered = { id: string; attributes: { sample: Values } }[] | object | null;

async function ask(port: number, what: string): Promise<Answered> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/${what}`, { signal: AbortSignal.timeout(ASK_WITHIN_MS) });
    return ((await answer.json()) as { data?: Answered }).data ?? null;
  } catch {
    return null;
  }
}
