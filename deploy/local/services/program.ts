/** Programs of this machine: where they are, which version they have, how they are called. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How to call a program: `file` with `args` before one's own, and `env` added. `source` says where it came from. */
export type Program = {
  file: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  version: string;
  source: string;
};

/**
 * A program C2C needs: how it is called here and there. An image that `isEntrypoint` takes arguments only, the others the
 * command too. Without `brew` or `image` it is not looked for there.
 */
export type Need = {
  name: string;
  command: string;
  debian: string;
  brew?: string;
  image?: string;
  isEntrypoint?: boolean;
  find(): Program | null;
  describe(file: string, source: string, env: Readonly<Record<string, string>>): Program | null;
};

// sbin: where Debian puts nginx, and what an ordinary user's PATH lacks
const EXTRA_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/** The full path of a command on PATH or in the usual system folders; null if there is none. */
export function findOnPath(name: string, folders: readonly string[] = searchPath()): string | null {
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function searchPath(): string[] {
  return [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...EXTRA_FOLDERS];
}

/** Whether this user may execute the file. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** What a short command prints (stdout and stderr); null when it cannot run or fails. */
export function outputOf(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string | null {
  const result = spawnSync(file, args, { encoding: 'utf8', env: { ...process.env, ...env }, timeout: 20_000 });
  return result.error === undefined && result.status === 0 ? `${result.stdout}${result.stderr}` : null;
}

/** The first dotted number in what a program prints about itself, after `label`. */
export function versionIn(text: string | null, label: RegExp): string | null {
  return text === null ? null : (new RegExp(`${label.source}(\\d+(?:\\.\\d+)+)`).exec(text)?.[1] ?? null);
}

/** Whether `version` is at least `floor`, part by part. */
export function isAtLeast(version: string, floor: string): boolean {
  const have = version.split('.').map(Number);
  for (const [index, part] of floor.split('.').map(Number).entries()) {
    const own = have[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
