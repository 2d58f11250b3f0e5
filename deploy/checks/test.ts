/** `npm test`: gets the services that tests start, then runs the suite of every workspace (faults apart: `npm run test:faults`), then every bench briefly. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bad, good, say } from '../local/cluster/terminal.ts';
import { provideK6 } from '../local/load/k6-program.ts';
import { clearReport, writeReport } from './reports.ts';
import { ROOT, runSuite, testEnvironment } from './suites.ts';

const SUITES = ['server', 'web', 'loadtest', 'deploy'].filter((name) =>
  existsSync(join(ROOT, name, 'vitest.config.ts')),
);
/** Whether the benches work; their speed is nobody's test. Not with a filter, which is meant for tests. */
const BENCH = 'bench';
const WITH_K6 = ['loadtest', 'deploy'];
const OWN_ARGS: Readonly<Record<string, readonly string[]>> = {
  server: ['--project=!faults'],
  loadtest: ['--project=!broken'],
};

async function main(args: readonly string[]): Promise<boolean> {
  const known = [...SUITES, BENCH];
  const chosen = known.filter((suite) => args.includes(suite));
  const filters = args.filter((arg) => !known.includes(arg));
  const suites = chosen.length > 0 ? chosen : filters.length > 0 ? SUITES : known;
  for (const suite of suites) clearReport(ROOT, suite);
  const isK6Meant = WITH_K6.some((suite) => suites.includes(suite)) && (chosen.length > 0 || filters.length === 0);
  const env = { ...(await testEnvironment()), ...(isK6Meant ? await k6Environment() : {}) };
  const failed: string[] = [];
  for (const folder of suites) {
    const isWell =
      folder === BENCH
        ? runBenches(env)
        : await runSuite({ folder, args: [...(OWN_ARGS[folder] ?? []), ...filters], env });
    if (!isWell) failed.push(folder);
  }
  say(failed.length === 0 ? good(`all tests pass: ${suites.join(', ')}`) : bad(`tests fail: ${failed.join(', ')}`));
  return failed.length === 0;
}

/** Built here, where its progress is seen. Where k6 cannot be had, the tests that need it say why. */
async function k6Environment(): Promise<NodeJS.ProcessEnv> {
  const k6 = await provideK6({ root: ROOT, home: join(ROOT, '.c2c'), say }).catch((error: unknown) => {
    say(bad(error instanceof Error ? error.message : String(error)));
    return null;
  });
  if (k6 === null || k6.args.length > 0) return {};
  say(good(`k6 ${k6.version} (${k6.source})`));
  return { K6_BIN: k6.file };
}

function runBenches(env: NodeJS.ProcessEnv): boolean {
  say(`\n${BENCH}`);
  const command = [join(ROOT, 'deploy/checks/bench.ts'), '--quick', '--out', join(ROOT, '.c2c/bench/quick')];
  const isWell = spawnSync('tsx', command, { cwd: ROOT, env, stdio: 'inherit' }).status === 0;
  writeReport(ROOT, BENCH, { passed: isWell ? 1 : 0, failed: isWell ? 0 : 1, skipped: 0 });
  return isWell;
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  say(bad(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}
