/** `npm run test:faults [-- --ci | names]`: breaks a real cluster in every way of `server/test/faults` and writes the report. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bad, good, say } from '../local/cluster/terminal.ts';
import { ROOT, runSuite, testEnvironment } from './suites.ts';

/** The short selection of `--ci` (or `FAULTS=ci`): the fastest, one of each kind. */
const IN_CI = ['node-sigkill', 'rolling-restart', 'subscribers-killed', 'redis-data-gone'];

async function main(args: readonly string[]): Promise<boolean> {
  const isCi = args.includes('--ci') || process.env.FAULTS === 'ci';
  const names = args.filter((arg) => arg !== '--ci');
  const chosen = names.length > 0 || !isCi ? names : IN_CI;
  const files = chosen.map((name) => (name.includes('.') ? name : `test/faults/${name}.fault`));
  const env = { ...(await testEnvironment()), ...(isCi && { FAULTS: 'ci' }) };
  const isWell = await runSuite({ folder: 'server', name: 'faults', args: ['--project=faults', ...files], env });
  // A selection says nothing about the faults that were not run: their rows stay as they are.
  const report = [join(ROOT, 'server/test/faults/report.ts'), ...(names.length > 0 ? ['--selection'] : [])];
  if (!isCi) spawnSync('tsx', report, { cwd: ROOT, env, stdio: 'inherit' });
  say(isWell ? good('the promise holds under every fault') : bad('the promise was broken, see above'));
  return isWell;
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  say(bad(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}
