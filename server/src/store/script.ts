/** Lua scripts from `scripts/*.lua`: a file may include fragments; the text is fixed at start, its SHA-1 names it to Redis. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export type Script = { name: string; sha: string; source: string };

const DIRECTORY = new URL('./scripts/', import.meta.url);

/** Reads `scripts/<name>.lua`; lines `-- include <fragment>` are replaced by `scripts/lib/<fragment>.lua`. */
export function loadScript(name: string): Script {
  const source = read(`${name}.lua`).replace(/^-- include (\S+)$/gm, (_, fragment: string) =>
    read(`lib/${fragment}.lua`),
  );
  return { name, source, sha: createHash('sha1').update(source).digest('hex') };
}

function read(path: string): string {
  return readFileSync(new URL(path, DIRECTORY), 'utf8');
}
