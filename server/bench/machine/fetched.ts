/** What is fetched from the npm registry when a run first needs it, into `.c2c/bench`: Bun's program, and bufferutil for `ws`. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** A package folder of the bench's own, not that of the clone: nothing of C2C may find what lies there. */
export const FETCHED = join(process.env.C2C_HOME || join(ROOT, '.c2c'), 'bench');

const BUN_VERSION = '1.4.5';
const BUFFERUTIL = 'bufferutil@4.1.0';
const BUN_ARCH: Readonly<Record<string, string>> = { x64: 'x64', arm64: 'aarch64' };
const BUN = `@oven/bun-${platform()}-${BUN_ARCH[arch()] ?? arch()}`;

/** The program, if it was fetched before. */
export function bunProgram(): string | null {
  const file = join(FETCHED, 'node_modules', BUN, 'bin/bun');
  return existsSync(file) ? file : null;
}

/** Fetches what is missing; answers whether Bun can be run. Without bufferutil `ws` does its own unmasking. */
export function fetchPeers(say: (line: string) => void): boolean {
  const hasBufferutil = existsSync(join(FETCHED, 'node_modules/bufferutil'));
  if (bunProgram() !== null && hasBufferutil) return true;
  say(`fetching Bun ${BUN_VERSION} and bufferutil into .c2c/bench (once, about 40 MB)`);
  mkdirSync(FETCHED, { recursive: true });
  const options = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts'];
  const packages = [`${BUN}@${BUN_VERSION}`, BUFFERUTIL];
  const npm = spawnSync('npm', ['install', '--prefix', FETCHED, ...options, ...packages], { encoding: 'utf8' });
  if (npm.status !== 0) say(`  that did not work:\n${npm.stderr.trim().split('\n').slice(-4).join('\n')}`);
  return bunProgram() !== null;
}
