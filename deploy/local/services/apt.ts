/** Debian and Ubuntu packages: installed by root, or unpacked into a folder of ours by anybody. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from '../process/run.ts';
import { findOnPath, type Need, outputOf, type Program } from './program.ts';

/** `home` is `.c2c`; everything apt prints goes to `logFile`. */
export type AptContext = { home: string; logFile: string; say(line: string): void; signal?: AbortSignal | undefined };

const POLICY = '/usr/sbin/policy-rc.d';
const POLICY_TEXT = '#!/bin/sh\n# made by C2C while it installs packages: start no services\nexit 101\n';
const NETWORK = ['-o', 'Acquire::Retries=2', '-o', 'Acquire::http::Timeout=20', '-o', 'DPkg::Lock::Timeout=60'];

/** As root. The package's own service is not started, now or at the next boot: nginx would take port 80, Redis port 6379. */
export async function installWithApt(name: string, context: AptContext): Promise<boolean> {
  const isNew = !/^Status: install ok installed$/m.test(outputOf('dpkg-query', ['--status', name]) ?? '');
  const isDone = await installQuietly(name, context);
  if (isDone && isNew) void (outputOf('systemctl', ['disable', name]) ?? outputOf('update-rc.d', [name, 'disable']));
  return isDone;
}

async function installQuietly(name: string, context: AptContext): Promise<boolean> {
  const install = ['install', '-y', '--no-install-recommends', name];
  const isOurs = !existsSync(POLICY) || readFileSync(POLICY, 'utf8') === POLICY_TEXT;
  if (isOurs) writeFileSync(POLICY, POLICY_TEXT, { mode: 0o755 });
  try {
    if (await apt(install, context)) return true;
    context.say('  the package lists are missing or old: apt-get update');
    return (await apt(['update'], context)) && (await apt(install, context));
  } finally {
    if (isOurs) rmSync(POLICY, { force: true });
  }
}

/** As anybody: the package and the libraries it needs that are not installed, unpacked into `.c2c/system`. */
export async function unpackWithApt(name: string, context: AptContext): Promise<boolean> {
  const archives = join(context.home, 'apt', 'archives');
  mkdirSync(archives, { recursive: true });
  if (!(await download(name, archives, { context, options: [] }))) {
    context.say('  the package lists are missing or old: fetching them into .c2c/apt');
    const options = ownFolders(context.home);
    if (!(await apt([...options, 'update'], context))) return false;
    if (!(await download(name, archives, { context, options }))) return false;
  }
  const target = join(context.home, 'system');
  mkdirSync(target, { recursive: true });
  for (const archive of readdirSync(archives).filter((file) => file.endsWith('.deb'))) {
    const args = ['-x', join(archives, archive), target];
    if (!(await runToEnd({ file: 'dpkg-deb', args, logFile: context.logFile, signal: context.signal }))) return false;
  }
  rmSync(archives, { recursive: true, force: true });
  return true;
}

/** What was unpacked earlier, with its libraries on the search path; null if nothing that runs. */
export function unpackedProgram(need: Need, home: string): Program | null {
  const system = join(home, 'system');
  const file = ['usr/bin', 'usr/sbin']
    .map((folder) => join(system, folder, need.command))
    .find((path) => existsSync(path));
  if (file === undefined) return null;
  return need.describe(file, '.c2c/system', { LD_LIBRARY_PATH: libraryFolders(system).join(':') });
}

/** How to call redis-cli: as it stands, or by a small script of ours where it lies unpacked beside its libraries. */
export function redisCli(home: string): string {
  const unpacked = join(home, 'system/usr/bin/redis-cli');
  if (findOnPath('redis-cli') !== null || !existsSync(unpacked)) return 'redis-cli';
  const script = join(home, 'bin/redis-cli');
  mkdirSync(join(home, 'bin'), { recursive: true });
  const libraries = libraryFolders(join(home, 'system')).join(':');
  writeFileSync(script, `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' exec '${unpacked}' "$@"\n`, { mode: 0o755 });
  return script;
}

function libraryFolders(system: string): string[] {
  const bases = ['usr/lib', 'lib'].map((folder) => join(system, folder)).filter((folder) => existsSync(folder));
  const nested = bases.flatMap((base) =>
    readdirSync(base, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [join(base, entry.name)] : [],
    ),
  );
  return [...nested, ...bases].filter((folder) => readdirSync(folder).some((file) => file.includes('.so')));
}

async function download(
  name: string,
  archives: string,
  how: { context: AptContext; options: readonly string[] },
): Promise<boolean> {
  const { context, options } = how;
  const plan = outputOf('apt-get', [...options, 'install', '--simulate', '--no-install-recommends', name], {
    LC_ALL: 'C',
  });
  if (plan === null) return false;
  const packages = new Set([name, ...newPackages(plan)]);
  return apt([...options, ...NETWORK, 'download', ...packages], context, archives);
}

/**
 * The packages a simulated installation would add. Lines with `[version]` are upgrades of what is there: left out, as a
 * second libc beside the system's loader does not run.
 */
export function newPackages(plan: string): string[] {
  return [...plan.matchAll(/^Inst (\S+) \(/gm)].flatMap((match) => match[1] ?? []);
}

function ownFolders(home: string): string[] {
  const base = join(home, 'apt');
  for (const folder of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(base, folder), { recursive: true });
  const folders = [
    `Dir::State::lists=${base}/state/lists`,
    `Dir::Cache=${base}/cache`,
    'APT::Sandbox::User=',
    'Debug::NoLocking=1',
  ];
  return folders.flatMap((folder) => ['-o', folder]);
}

function apt(args: readonly string[], context: AptContext, cwd?: string): Promise<boolean> {
  return runToEnd({
    file: 'apt-get',
    args: args[0]?.startsWith('-') === true ? args : [...NETWORK, ...args],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    logFile: context.logFile,
    cwd,
    signal: context.signal,
    // apt-get ends its downloads on SIGINT but lets dpkg finish, so no package is left half installed
    onAbort: 'SIGINT',
    graceMs: 120_000,
    still: (seconds) => context.say(`  still working on it (${seconds} s)`),
  });
}
