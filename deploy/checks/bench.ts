/** `npm run bench [-- <name>]`: gets what a bench needs, builds the server, and runs the bench wherever it lives. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, SERVER_BUILD } from '../local/cluster/build.ts';
import { bad, say } from '../local/cluster/terminal.ts';
import { ROOT, testEnvironment } from './suites.ts';

const SERVER = 'server/bench/main.ts';

/** What does not live in the server. */
const ELSEWHERE: Readonly<Record<string, string>> = { 'key-to-screen': 'web/e2e/key-to-screen.ts' };

async function main(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args;
  const elsewhere = ELSEWHERE[name];
  const command = elsewhere === undefined ? [SERVER, ...args] : [elsewhere, ...rest];
  const env = args.includes('--help') ? process.env : await prepare();
  const child = spawn('tsx', command, { cwd: ROOT, stdio: 'inherit', env });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** The built node and the programs it needs. */
async function prepare(): Promise<NodeJS.ProcessEnv> {
  const env = await testEnvironment();
  await ensureBuilt(SERVER_BUILD, { root: ROOT, home: join(ROOT, '.c2c'), say });
  return env;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  say(bad(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}
