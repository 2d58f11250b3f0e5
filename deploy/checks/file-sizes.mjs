/** `file-sizes.mjs <most lines> <folder…>`: names every source file that is longer. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import process from 'node:process';

const KINDS = new Set(['.ts', '.tsx', '.mjs', '.cjs', '.js', '.lua', '.css']);
const SKIPPED = new Set(['node_modules', 'dist', '.c2c', 'coverage']);

const [most = '300', ...folders] = process.argv.slice(2);
const sizes = folders.flatMap(filesIn).map((file) => ({ file, lines: linesOf(file) }));
const long = sizes.filter(({ lines }) => lines > Number(most));
for (const { file, lines } of long) console.log(`${file} has ${lines} lines; ${most} is the most`);
if (sizes.length === 0) console.log('no source file was found');
process.exitCode = long.length === 0 && sizes.length > 0 ? 0 : 1;

/**
 * @param {string} folder
 * @returns {string[]}
 */
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesIn(path);
    return KINDS.has(extname(entry.name)) && !entry.name.endsWith('.gen.ts') ? [path] : [];
  });
}

/** @param {string} file */
function linesOf(file) {
  return readFileSync(file, 'utf8').split('\n').length - 1;
}
