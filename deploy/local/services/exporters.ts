/** Programs that tell Prometheus about nginx, Redis and PostgreSQL: how they are found and run, on loopback. */
import { startChild, untilUp } from '../process/child.ts';
import { isAnswering } from '../process/http.ts';
import { findOnPath, isAtLeast, type Need, outputOf, type Program, versionIn } from './program.ts';
import type { Service } from './redis.ts';

/** What an exporter looks at. */
export type Exported = 'nginx' | 'redis' | 'postgres';

/** `target` is what it looks at: the address of stub_status, a URL of Redis, a URL of PostgreSQL. */
export type ExporterOptions = {
  of: Exported;
  target: string;
  port: number;
  program: Program;
  logFile: string;
  signal?: AbortSignal | undefined;
  onSpawn?: ((pid: number) => void) | undefined;
};

/** Told by environment where that is possible: addresses hold passwords, and a command line is public. */
const TOLD = {
  nginx: (target, listen) => ({ args: [], env: { SCRAPE_URI: target, LISTEN_ADDRESS: listen, NGINX_RETRIES: '10' } }),
  // the machine's memory, which is the limit of a Redis that has none of its own
  redis: (target, listen) => ({
    args: [],
    env: { REDIS_ADDR: target, REDIS_EXPORTER_WEB_LISTEN_ADDRESS: listen, REDIS_EXPORTER_INCL_SYSTEM_METRICS: 'true' },
  }),
  postgres: (target, listen) => ({
    args: [`--web.listen-address=${listen}`],
    env: { DATA_SOURCE_NAME: withSslMode(target) },
  }),
} satisfies Record<
  Exported,
  (target: string, listen: string) => { args: readonly string[]; env: Record<string, string> }
>;

/** The programs, as Debian and as their makers call them. */
export const EXPORTERS: Readonly<Record<Exported, Need>> = {
  nginx: exporter('nginx', 'nginx-prometheus-exporter', /version[= ]v?/),
  redis: exporter('redis', 'redis_exporter', /Exporter v?/),
  postgres: exporter('postgres', 'postgres_exporter', /version /),
};

function exporter(of: Exported, elsewhere: string, label: RegExp): Need {
  const command = `prometheus-${of}-exporter`;
  const describe: Need['describe'] = (file, source, env) => {
    const version = versionIn(outputOf(file, ['--version'], env), label);
    return version === null ? null : { file, args: [], env, version, source };
  };
  const find = () => {
    const file = findOnPath(command) ?? findOnPath(elsewhere);
    return file === null ? null : describe(file, 'PATH', {});
  };
  return { name: command, command, debian: command, find, describe };
}

/** Starts it and waits until it answers, which it does whether or not what it looks at is there. */
export async function startExporter(options: ExporterOptions): Promise<Service> {
  const { of, target, port, program, logFile, signal } = options;
  const { args, env } = TOLD[of](target, `127.0.0.1:${port}`);
  // the old one asks PostgreSQL 17 and later for columns that have gone, and complains at every look
  const isOld = of === 'postgres' && !isAtLeast(program.version, '0.12');
  const child = await startChild({
    file: program.file,
    args: [...program.args, ...args, ...(isOld ? ['--no-collector.bgwriter'] : [])],
    env: { ...process.env, ...program.env, ...env },
    logFile,
    onSpawn: options.onSpawn,
  });
  const url = `http://127.0.0.1:${port}/metrics`;
  await untilUp(child, () => isAnswering(url), { name: program.file, logFile, timeoutMs: 15_000, signal });
  return { url, port, pid: child.pid, exited: child.exited, stop: () => child.stop() };
}

/** The private server has no certificate, and this driver asks for one unless told otherwise. */
function withSslMode(target: string): string {
  const url = new URL(target);
  if (url.hostname === '127.0.0.1' && !url.searchParams.has('sslmode')) url.searchParams.set('sslmode', 'disable');
  return url.href;
}
