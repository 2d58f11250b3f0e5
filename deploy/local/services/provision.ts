/** Finds a service's program on this machine or gets it: PATH, apt, packages unpacked without root, Homebrew, Docker. */
import { join } from 'node:path';
import { runToEnd } from '../process/run.ts';
import { type AptContext, installWithApt, unpackedProgram, unpackWithApt } from './apt.ts';
import { describeNginx, findNginx } from './nginx.ts';
import { findOnPath, type Need, outputOf, type Program } from './program.ts';
import { describePrometheus, findPrometheus } from './prometheus.ts';
import { describeRedis, findRedis } from './redis.ts';

export const REDIS: Need = {
  name: 'Redis',
  command: 'redis-server',
  debian: 'redis-server',
  brew: 'redis',
  image: 'redis:7.4-alpine',
  find: findRedis,
  describe: describeRedis,
};

export const NGINX: Need = {
  name: 'nginx',
  command: 'nginx',
  debian: 'nginx',
  brew: 'nginx',
  image: 'nginx:1.28-alpine',
  find: findNginx,
  describe: describeNginx,
};

export const PROMETHEUS: Need = {
  name: 'Prometheus',
  command: 'prometheus',
  debian: 'prometheus',
  brew: 'prometheus',
  image: 'prom/prometheus:v2.53.5',
  isEntrypoint: true,
  find: findPrometheus,
  describe: describePrometheus,
};

/** `home` is where unpacked packages live (`.c2c`), `root` the clone; `say` prints one line. */
export type Provision = { home: string; root: string; say(line: string): void; signal?: AbortSignal | undefined };

/** The program, got if need be. Rejects with one sentence that holds the exact command to run. */
export async function provide(need: Need, context: Provision): Promise<Program> {
  const present = need.find() ?? unpackedProgram(need, context.home);
  if (present !== null) return present;
  const got = (await byApt(need, context)) ?? (await byBrew(need, context)) ?? byDocker(need, context);
  if (got !== null) return got;
  throw new Error(
    `${need.name} is not installed and could not be fetched. ${advice(need)} (details: ${logFile(context)})`,
  );
}

async function byApt(need: Need, context: Provision): Promise<Program | null> {
  if (process.platform !== 'linux' || findOnPath('apt-get') === null || findOnPath('dpkg-deb') === null) return null;
  const apt: AptContext = { ...context, logFile: logFile(context) };
  if (process.getuid?.() === 0) {
    context.say(`${need.name} is missing: installing the package ${need.debian} with apt-get`);
    if (await installWithApt(need.debian, apt)) return need.find();
  }
  context.say(`${need.name} is missing: unpacking the package ${need.debian} into ${join(context.home, 'system')}`);
  return (await unpackWithApt(need.debian, apt)) ? unpackedProgram(need, context.home) : null;
}

async function byBrew(need: Need, context: Provision): Promise<Program | null> {
  const brew = findOnPath('brew');
  if (brew === null || need.brew === undefined) return null;
  context.say(`${need.name} is missing: installing ${need.brew} with Homebrew`);
  const env = { ...process.env, HOMEBREW_NO_AUTO_UPDATE: '1', NONINTERACTIVE: '1' };
  const still = (seconds: number) => context.say(`  still installing ${need.brew} (${seconds} s)`);
  await runToEnd({
    file: brew,
    args: ['install', need.brew],
    env,
    logFile: logFile(context),
    signal: context.signal,
    still,
  });
  return need.find();
}

/** With the host's network and the clone mounted where it is, a container takes the same arguments as a program. */
function byDocker(need: Need, context: Provision): Program | null {
  const docker = process.platform === 'linux' ? findOnPath('docker') : null;
  if (need.image === undefined || docker === null) return null;
  if (outputOf(docker, ['info', '--format', '{{.ServerVersion}}']) === null) return null;
  context.say(`${need.name} is missing: running the image ${need.image} with Docker`);
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const volume = `${context.root}:${context.root}`;
  const run = ['run', '--rm', '--init', '--network', 'host', '--user', user, '--volume', volume, '--env', 'TZ=UTC'];
  const version = /:v?([0-9.]+)/.exec(need.image)?.[1] ?? '0';
  const args = [...run, need.image, ...(need.isEntrypoint ? [] : [need.command])];
  return { file: docker, args, env: {}, version, source: 'Docker' };
}

/** The exact command for this machine. */
export function advice(need: Need): string {
  if (need.brew === undefined && findOnPath('apt-get') === null) return `Put ${need.command} on PATH.`;
  if (process.platform === 'darwin') return `Run: brew install ${need.brew}`;
  if (findOnPath('dnf') !== null) return `Run: sudo dnf install ${need.brew}`;
  if (findOnPath('apk') !== null) return `Run: sudo apk add ${need.brew}`;
  if (findOnPath('pacman') !== null) return `Run: sudo pacman -S ${need.brew}`;
  return `Run: sudo apt-get update && sudo apt-get install -y ${need.debian}`;
}

function logFile(context: Provision): string {
  return join(context.home, 'logs', 'packages.log');
}
