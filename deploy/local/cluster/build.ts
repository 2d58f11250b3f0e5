/** Builds the server and the page when what they are made of differs from what they were last made of. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tail } from '../process/child.ts';
import { runToEnd } from '../process/run.ts';

/** A workspace that is built: its sources, and the file that proves there is a build. Paths are relative to the clone. */
export type Target = { name: string; workspace: string; sources: readonly string[]; product: string };

const SHARED = ['package-lock.json', 'tsconfig.base.json'];

export const SERVER_BUILD: Target = {
  name: 'the server',
  workspace: '@c2c/server',
  sources: [
    'server/src',
    'server/migrations',
    'server/scripts',
    'server/package.json',
    'server/tsconfig.build.json',
    ...SHARED,
  ],
  product: 'server/dist/main.js',
};

export const WEB_BUILD: Target = {
  name: 'the page',
  workspace: '@c2c/web',
  sources: [
    ...['web/src', 'web/public', 'web/index.html', 'web/package.json', 'web/vite.config.ts', 'web/scripts'],
    ...['server/src/protocol', ...SHARED],
  ],
  product: 'web/dist/index.html',
};

/** `say` prints one line. */
export type BuildContext = { root: string; home: string; say(line: string): void; signal?: AbortSignal | undefined };

/** Builds if need be. Rejects with the end of what the build said. */
export async function ensureBuilt(target: Target, context: BuildContext): Promise<void> {
  const { root, home, say, signal } = context;
  const stampFile = join(root, target.product, '..', '.built-from');
  const stamp = fingerprint(target.sources.map((source) => join(root, source)));
  const isBuilt = existsSync(join(root, target.product)) && readText(stampFile) === stamp;
  if (isBuilt) return;
  say(`Building ${target.name}`);
  const logFile = join(home, 'logs', `build-${target.workspace.slice(5)}.log`);
  const args = ['run', 'build', '--workspace', target.workspace];
  const isDone = await runToEnd({ file: 'npm', args, cwd: root, logFile, signal });
  if (!isDone || !existsSync(join(root, target.product))) {
    throw new Error(`${target.name} could not be built:\n${tail(logFile, 15)}\n  (details: ${logFile})`);
  }
  writeFileSync(stampFile, stamp);
}

/** One hash of the contents and names of files and folders; what does not exist counts as empty. */
export function fingerprint(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesIn)) hash.update(`${file}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

function filesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function readText(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}
