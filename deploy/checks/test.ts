/** `npm test`: gets the services that tests start, then runs the suite of every workspace (faults apart: `npm run test:faults`). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bad, good, say } from '../local/cluster/terminal.ts';
import { clearReport } from './reports.ts';
import { ROOT, runSuite, testEnvironment } from './suites.ts';

const SUITES = ['server', 'web', 'loadtest', 'deploy'].filter((name) =>
  existsSync(join(ROOT, name, 'vitest.config.ts')),
);
const OWN_ARGS: Readonly<Record<string, readonly string[]>> = { server: ['--project=!faults'] };

async function main(args: readonly string[]): Promise<boolean> {
  const chosen = SUITES.filter((suite) => args.includes(suite));
  const filters = args.filter((arg) => !SUITES.includes(arg));
  const suites = chosen.length > 0 ? chosen : SUITES;
  for (const suite of suites) clearReport(ROOT, suite);
  const env = await testEnvironment();
  const failed: string[] = [];
  for (const folder of suites) {
    const isWell = await runSuite({ folder, args: [...(OWN_ARGS[folder] ?? []), ...filters], env });
    if (!isWell) failed.push(folder);
  }
  say(failed.length === 0 ? good(`all tests pass: ${suites.join(', ')}`) : bad(`tests fail: ${failed.join(', ')}`));
  return failed.length === 0;
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  say(bad(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}
