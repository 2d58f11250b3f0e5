/** Running test suites: the services that tests start are got first, and what each suite counted is kept for `.ci/run`. */
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { good, say } from '../local/cluster/terminal.ts';
import { EXPORTERS } from '../local/services/exporters.ts';
import type { Program } from '../local/services/program.ts';
import { NGINX, PROMETHEUS, provide, REDIS } from '../local/services/provision.ts';
import { clearReport, readVitestReport, reportFile, writeReport } from './reports.ts';

/** The folder of the repository. */
export const ROOT = join(import.meta.dirname, '../..');

/** `args` are vitest's own. `folder` is the workspace, which the suite is called after unless `name` says otherwise. */
export type SuiteRun = { folder: string; name?: string; args: readonly string[]; env: NodeJS.ProcessEnv };

/** The environment in which tests find the programs, wherever they were found or put. */
export async function testEnvironment(): Promise<NodeJS.ProcessEnv> {
  const programs: Program[] = [];
  for (const need of [REDIS, NGINX, PROMETHEUS, ...Object.values(EXPORTERS)]) {
    const program = await provide(need, { home: join(ROOT, '.c2c'), root: ROOT, say });
    if (program.source === 'Docker')
      throw new Error(`tests start ${need.name} themselves: install it (${program.source} is not enough)`);
    say(good(`${need.name} ${program.version} (${program.source})`));
    programs.push(program);
  }
  const path = [...programs.map(({ file }) => dirname(file)), process.env.PATH ?? ''].join(delimiter);
  return Object.assign({ ...process.env, PATH: path }, ...programs.map(({ env }) => env));
}

/** Answers whether all is well. */
export async function runSuite({ folder, name = folder, args, env }: SuiteRun): Promise<boolean> {
  say(`\n${name}`);
  clearReport(ROOT, name);
  const file = reportFile(ROOT, `${name}-vitest`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn('vitest', ['run', ...reporters, ...args], {
      cwd: join(ROOT, folder),
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', () => resolve(null));
    child.once('exit', resolve);
  });
  const count = readVitestReport(file) ?? { passed: 0, failed: 1, skipped: 0 };
  // vitest also fails on errors outside of tests, which it does not count.
  if (code !== 0 && count.failed === 0) count.failed = 1;
  writeReport(ROOT, name, count);
  clearReport(ROOT, `${name}-vitest`);
  return count.failed === 0;
}
