/** `c2c.mjs run <program> [args]`: runs a program of node_modules/.bin once the packages are there (for `npm test`). */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import type { Context } from '../bootstrap/context.ts';

/** Answers the program's exit code. It shares the terminal, so Ctrl-C reaches it directly. */
export function run([file = 'node', ...args]: string[], context: Context): Promise<number> {
  const path = [join(context.root, 'node_modules/.bin'), process.env.PATH ?? ''].join(delimiter);
  const child = spawn(file, args, { cwd: context.root, stdio: 'inherit', env: { ...process.env, PATH: path } });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
