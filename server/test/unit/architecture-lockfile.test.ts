/** What the lockfile must hold: versions below these floors have known holes. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** `socket.io-parser` < 4.2.7 and `engine.io` < 6.6.7: crashes by crafted packets; `ws` < 8.21.1, `fastify` < 5.8.1 likewise. */
const FLOORS: Readonly<Record<string, string>> = {
  'socket.io-parser': '4.2.7',
  'engine.io': '6.6.7',
  ws: '8.21.1',
  fastify: '5.8.1',
};

type Lockfile = {
  packages: Record<string, { version?: string; resolved?: string; hasInstallScript?: boolean }>;
};
type Manifest = { allowScripts: Record<string, boolean> };

const LOCKFILE: Lockfile = JSON.parse(readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8'));
const MANIFEST: Manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

/** Every copy, nested ones too. */
function versionsOf(name: string): string[] {
  return Object.entries(LOCKFILE.packages).flatMap(([path, { version }]) =>
    version !== undefined && path.endsWith(`node_modules/${name}`) ? [version] : [],
  );
}

function isAtLeast(version: string, floor: string): boolean {
  const [have, least] = [version, floor].map((text) => text.split('.').map(Number));
  for (const [index, part] of (least ?? []).entries()) {
    if (have?.[index] !== part) return (have?.[index] ?? 0) > part;
  }
  return true;
}

test.for(Object.entries(FLOORS))('every copy of %s is at least %s', ([name, floor]) => {
  const versions = versionsOf(name);

  expect(versions.length).toBeGreaterThan(0);
  expect(versions.filter((version) => !isAtLeast(version, floor))).toEqual([]);
});

test('no package names the registry it was fetched from', () => {
  const named = Object.entries(LOCKFILE.packages).filter(([, { resolved }]) => /^\w+:/.test(resolved ?? ''));

  expect(named.map(([path]) => path)).toEqual([]);
});

test('every package that wants to run a script at installation is allowed or refused by name', () => {
  const wanting = Object.entries(LOCKFILE.packages).flatMap(([path, { hasInstallScript }]) =>
    hasInstallScript === true ? [path.replace(/^.*node_modules\//, '')] : [],
  );

  expect(wanting.filter((name) => !Object.hasOwn(MANIFEST.allowScripts, name))).toEqual([]);
});
