/** nginx in front of the nodes: found on this machine, configured from the templates, run as whoever we are. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join, resolve } from 'node:path';
import { startChild, tail, untilUp } from '../process/child.ts';
import { openFileLimit } from '../process/limits.ts';
import { portProblem } from '../process/ports.ts';
import { type AddressLimits, renderNginxConfig, type Upstream } from './nginx-config.ts';
import { findOnPath, isAtLeast, outputOf, type Program, versionIn } from './program.ts';
import type { Service } from './redis.ts';

/**
 * `dir` holds configuration, temporary files and, unless given, the logs; `host` absent listens on loopback, IPv4 and
 * IPv6. With `tls`, `port` only redirects to `tls.port`.
 */
export type NginxOptions = {
  port: number;
  nodes: readonly Upstream[];
  dir: string;
  webRoot: string;
  host?: string | undefined;
  logDir?: string;
  program?: Program;
  trustedLoadAddresses?: readonly string[] | undefined;
  limits?: Partial<AddressLimits> | undefined;
  statusPort?: number | undefined;
  tls?: { cert: string; key: string; port: number } | undefined;
  signal?: AbortSignal | undefined;
  onSpawn?: ((pid: number) => void) | undefined;
};

const OLDEST = '1.18.0';

/** nginx on PATH or where distributions put it; null if there is none. */
export function findNginx(): Program | null {
  const file = findOnPath('nginx');
  return file === null ? null : describeNginx(file, 'PATH', {});
}

/** An nginx file as a program; null where it does not run or is too old. */
export function describeNginx(file: string, source: string, env: Readonly<Record<string, string>>): Program | null {
  const version = versionIn(outputOf(file, ['-v'], env), /nginx\//);
  return version !== null && isAtLeast(version, OLDEST) ? { file, args: [], env, version, source } : null;
}

/** Starts nginx and waits until it takes connections. Rejects with its own words when the configuration is refused. */
export async function startNginx(options: NginxOptions): Promise<Service> {
  const program = options.program ?? findNginx();
  if (program === null) throw new Error('there is no nginx on PATH');
  const dir = resolve(options.dir);
  const logDir = resolve(options.logDir ?? options.dir);
  for (const folder of [dir, logDir]) mkdirSync(folder, { recursive: true });
  const errorLog = join(logDir, 'nginx-error.log');
  const configFile = join(dir, 'nginx.conf');
  writeFileSync(configFile, await configFor(options, { dir, logDir, errorLog }));

  const early = isAtLeast(program.version, '1.19.5') ? ['-e', errorLog] : [];
  const args = [...program.args, '-p', dir, '-c', configFile, ...early];
  // times in the answers are UTC
  const env = { ...process.env, ...program.env, TZ: 'UTC' };
  const test = spawnSync(program.file, [...args, '-t', '-q'], { env, encoding: 'utf8' });
  if (test.status !== 0) throw new Error(`nginx refuses ${configFile}:\n${test.stderr || tail(errorLog)}`);

  const child = await startChild({ file: program.file, args, env, logFile: errorLog, onSpawn: options.onSpawn });
  const { port } = options;
  const host = options.host ?? '127.0.0.1';
  const isListening = async () => (await portProblem(port, host)) !== null;
  await untilUp(child, isListening, { name: 'nginx', logFile: errorLog, timeoutMs: 10_000, signal: options.signal });
  return { url: publicUrl(options), port, pid: child.pid, exited: child.exited, stop: () => child.stop() };
}

/** Where people find it. */
function publicUrl({ port, host, tls }: NginxOptions): string {
  const name = host === undefined || host === '0.0.0.0' || host === '::' ? 'localhost' : bracketed(host);
  return tls === undefined ? `http://${name}:${port}` : `https://${name}:${tls.port}`;
}

async function configFor(options: NginxOptions, at: { dir: string; logDir: string; errorLog: string }) {
  return renderNginxConfig({
    port: options.port,
    hosts: options.host === undefined ? await loopbackHosts() : [bracketed(options.host)],
    nodes: options.nodes,
    dir: at.dir,
    webRoot: resolve(options.webRoot),
    accessLog: join(at.logDir, 'nginx-access.log'),
    errorLog: at.errorLog,
    fileLimit: openFileLimit(),
    workerUser: process.getuid?.() === 0 ? workerUser([resolve(options.webRoot), at.dir]) : undefined,
    trustedLoadAddresses: options.trustedLoadAddresses,
    tls: options.tls,
    limits: options.limits,
    statusPort: options.statusPort,
  });
}

/** `localhost` may mean either; a machine without IPv6 has only the first. */
async function loopbackHosts(): Promise<string[]> {
  return (await portProblem(0, '::1')) === null ? ['127.0.0.1', '[::1]'] : ['127.0.0.1'];
}

function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/** `nobody` where it may enter all folders (a clone below /root is closed to it), else root. */
function workerUser(folders: readonly string[]): string {
  const test = folders.map((folder) => `test -x '${folder.replaceAll("'", "'\\''")}'`).join(' && ');
  const nobody = spawnSync('/bin/sh', ['-c', test], { uid: 65_534, gid: 65_534, stdio: 'ignore' });
  const hasGroup = outputOf('getent', ['group', 'nogroup']) !== null;
  if (nobody.status !== 0) return 'root';
  return hasGroup ? 'nobody nogroup' : 'nobody';
}
