/** `npm test`: gets the services that tests start, then runs the suite of every workspace. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { bad, good, say } from '../local/cluster/terminal.ts';
import type { Program } from '../local/services/program.ts';
import { NGINX, provide, REDIS } from '../local/services/provision.ts';
import { clearReport, readVitestReport, reportFile, writeReport } from './reports.ts';

const ROOT = join(import.meta.dirname, '../..');
const HOME = join(ROOT, '.c2c');
const SUITES = ['server', 'web', 'loadtest', 'deploy'].filter((name) =>
  existsSync(join(ROOT, name, 'vitest.config.ts')),
);

/** The environment in which tests find the programs, wherever they were found or put. */
async function environment(): Promise<NodeJS.ProcessEnv> {
  const programs: Program[] = [];
  for (const need of [REDIS, NGINX]) {
    const program = await provide(need, { home: HOME, root: ROOT, say });
    if (program.args.length > 0)
      throw new Error(`tests start ${need.name} themselves: install it (${program.source} is not enough)`);
    say(good(`${need.name} ${program.version} (${program.source})`));
    programs.push(program);
  }
  const path = [...programs.map(({ file }) => dirname(file)), process.env.PATH ?? ''].join(delimiter);
  return Object.assign({ ...process.env, PATH: path }, ...programs.map(({ env }) => env));
}

/** Answers whether all is well. `filters` are vitest's own arguments. */
async function runSuite(suite: string, filters: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  say(`\n${suite}`);
  clearReport(ROOT, suite);
  const file = reportFile(ROOT, `${suite}-vitest`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn('vitest', ['run', ...reporters, ...filters], {
      cwd: join(ROOT, suite),
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', () => resolve(null));
    child.once('exit', resolve);
  });
  const count = readVitestReport(file) ?? { passed: 0, failed: 1, skipped: 0 };
  // vitest also fails on errors outside of tests, which it does not count.
  if (code !== 0 && count.failed === 0) count.failed = 1;
  writeReport(ROOT, suite, count);
  clearReport(ROOT, `${suite}-vitest`);
  return count.failed === 0;
}

async function main(args: readonly string[]): Promise<boolean> {
  const chosen = SUITES.filter((suite) => args.includes(suite));
  const filters = args.filter((arg) => !SUITES.includes(arg));
  const suites = chosen.length > 0 ? chosen : SUITES;
  for (const suite of suites) clearReport(ROOT, suite);
  const env = await environment();
  const failed: string[] = [];
  for (const suite of suites) if (!(await runSuite(suite, filters, env))) failed.push(suite);
  say(failed.length === 0 ? good(`all tests pass: ${suites.join(', ')}`) : bad(`tests fail: ${failed.join(', ')}`));
  return failed.length === 0;
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  say(bad(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}
