/** From a bare clone to a running command: signals, packages, then TypeScript. Needs nothing but Node. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseStart, START_HELP, UsageError } from './options.mjs';
import { ensurePackages, packagesProblem } from './packages.mjs';

const ROOT = join(import.meta.dirname, '../../..');

/** @typedef {import('./context.ts').Context} Context */

/** Thrown into whatever runs when somebody presses Ctrl-C. */
class Stopped extends Error {
  /** @override */
  name = 'Stopped';
}

/** @type {Record<string, () => Promise<{ run(args: string[], context: Context): Promise<number> }>>} */
const COMMANDS = {
  start: () => import('../commands/start.ts'),
  dev: () => import('../commands/dev.ts'),
  doctor: () => import('../commands/doctor.ts'),
  config: () => import('../commands/config.ts'),
  logs: () => import('../commands/logs.ts'),
  acceptance: () => import('../commands/acceptance.ts'),
  cluster: () => import('../commands/cluster.ts'),
  load: () => import('../commands/load.ts'),
  errors: () => import('../commands/errors.ts'),
  run: () => import('../commands/run-program.ts'),
};

/**
 * Runs one command line and answers the exit code.
 * @param {string[]} argv
 * @returns {Promise<number>}
 */
export async function main([name = 'start', ...args]) {
  const command = COMMANDS[name];
  if (command === undefined) return complain(`there is no command ${name}; choose ${Object.keys(COMMANDS).join(', ')}`);
  const stopper = stopOnSignals();
  // whoever read our output has gone: a list is over then, a cluster runs on
  process.stdout.on('error', () => name === 'start' || name === 'dev' || process.exit(0));
  try {
    if (name === 'start' && parseStart(args) === 'help') {
      console.log(START_HELP);
      return 0;
    }
    const home = resolve(process.env.C2C_HOME || join(ROOT, '.c2c'));
    makeHome(home);
    const context = { root: ROOT, home, signal: stopper };
    if (name === 'doctor' && packagesProblem(ROOT) !== null) {
      console.log(`✘ packages      ${packagesProblem(ROOT)}\n    fix: npm ci (npm start does it by itself)`);
      return 1;
    }
    await ensurePackages(context);
    const { register } = await import('tsx/esm/api');
    register();
    return await (await command()).run(args, context);
  } catch (error) {
    if (stopper.aborted) return 130;
    return complain(error);
  }
}

/** @param {unknown} error */
function complain(error) {
  const text = error instanceof Error ? error.message : String(error);
  console.error(`✘ ${text}`);
  if (error instanceof UsageError) console.error('  --help shows what there is');
  if (process.env.C2C_DEBUG && error instanceof Error) console.error(error.stack);
  return 1;
}

/** The first signal asks everything to end in order. More of them change nothing: npm repeats the terminal's. */
function stopOnSignals() {
  const controller = new AbortController();
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(name, () => controller.abort(new Stopped(`stopped by ${name}`)));
  }
  followNpm(controller);
  return controller.signal;
}

/**
 * npm may die without passing a signal on; then nobody is left who could stop us. Between it and us stands a shell.
 * @param {AbortController} controller
 */
function followNpm(controller) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const ancestors = () => `${process.ppid} ${parentOf(process.ppid)}`;
  const first = ancestors();
  const watch = () => ancestors() !== first && controller.abort(new Stopped('npm has ended'));
  setInterval(watch, 1000).unref();
}

/** @param {number} pid */
function parentOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[1];
  } catch {
    return '';
  }
}

/** @param {string} home */
function makeHome(home) {
  try {
    mkdirSync(join(home, 'logs'), { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `the folder ${home} cannot be written (${reason}); make it yours: sudo chown -R "$(id -un)" ${home}`,
    );
  }
}
