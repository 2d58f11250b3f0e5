/** The npm packages of the clone: whether they are what the lockfile says, and `npm ci` where they are not. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Why the packages cannot be used as they are; null where they can. npm writes its own list last, so one that agrees
 * with the lockfile also proves that the installation was not cut short.
 * @param {string} root
 * @returns {string | null}
 */
export function packagesProblem(root) {
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const installed = packagesIn(join(root, 'node_modules/.package-lock.json'));
  if (installed === null) return 'are not installed';
  const different = Object.entries(wanted ?? {}).find(
    ([path, { version, link, optional, peer }]) =>
      path.includes('node_modules/') && !link && !optional && !peer && installed[path]?.version !== version,
  );
  return different === undefined ? null : `are not those of package-lock.json (${different[0]})`;
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, link?: boolean, optional?: boolean, peer?: boolean }> | null}
 */
function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return null;
  }
}

/**
 * Runs `npm ci` where it is needed. Rejects with one sentence where the packages cannot be had.
 * @param {import('./context.ts').Context} context
 */
export async function ensurePackages({ root, home, signal }) {
  const problem = packagesProblem(root);
  if (problem === null) return;
  const logFile = join(home, 'logs', 'npm.log');
  console.log(`The packages ${problem}: running npm ci (once; its words are in ${logFile})`);
  const begin = performance.now();
  const code = await npmCi({ root, logFile, signal });
  signal.throwIfAborted();
  if (code !== 0 || packagesProblem(root) !== null) throw new Error(reason(logFile));
  console.log(`The packages are installed (${seconds(begin)} s)`);
}

/**
 * In a process group of its own: Ctrl-C reaches it through us, and so do its own children.
 * @param {{ root: string, logFile: string, signal: AbortSignal }} options
 * @returns {Promise<number | null>}
 */
function npmCi({ root, logFile, signal }) {
  const log = openSync(logFile, 'w');
  const retries = [
    '--fetch-retries=1',
    '--fetch-timeout=60000',
    '--fetch-retry-mintimeout=1000',
    '--fetch-retry-maxtimeout=5000',
  ];
  const args = [
    'ci',
    '--no-audit',
    '--no-fund',
    '--loglevel=notice',
    '--include=dev',
    '--include=optional',
    ...retries,
  ];
  const child = spawn('npm', args, { cwd: root, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const begin = performance.now();
  const progress = setInterval(() => console.log(`  still downloading (${seconds(begin)} s)`), 10_000);
  const stop = () => child.pid !== undefined && process.kill(-child.pid, 'SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  return new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', resolve);
  }).finally(() => {
    clearInterval(progress);
    signal.removeEventListener('abort', stop);
  });
}

/** @param {number} begin */
function seconds(begin) {
  return Math.round((performance.now() - begin) / 1000);
}

/** @param {string} logFile */
function reason(logFile) {
  const log = readFileSync(logFile, 'utf8');
  const network = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/.exec(
    log,
  );
  const details = `details: ${logFile}`;
  if (network !== null)
    return `the npm registry cannot be reached (${network[1]}); connect to the network and try again (${details})`;
  if (/\b(EACCES|EPERM|EROFS)\b/.test(log))
    return `npm may not write into this folder; make it yours and try again (${details})`;
  if (/\bENOSPC\b/.test(log)) return `the disk is full (${details})`;
  const first = /npm (?:error|ERR!) (?!code)(.+)/.exec(log);
  return `npm ci failed${first === null ? '' : `: ${first[1]}`} (${details})`;
}
