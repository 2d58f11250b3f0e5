/** `npm run bench -- <name>`: finds the bench of that name, wherever it lives, and runs it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const SERVER = 'server/bench/main.ts';

/** What does not live in the server, with a line of help. */
const ELSEWHERE: Readonly<Record<string, { file: string; help: string }>> = {
  'key-to-screen': {
    file: 'web/e2e/key-to-screen.ts',
    help: 'from key press to the other tab’s screen, in real browsers through nginx [--messages 100]',
  },
};

const [name = '--help', ...args] = process.argv.slice(2);
const found = ELSEWHERE[name];
const command = found === undefined ? [SERVER, name, ...args] : [found.file, ...args];
const child = spawn('tsx', command, { cwd: ROOT, stdio: 'inherit' });
child.once('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
  if (name !== '--help') return;
  for (const [other, { help }] of Object.entries(ELSEWHERE)) console.log(`\n  ${other}   ${help}`);
});
