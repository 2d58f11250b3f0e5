/** `total.mjs <suite…>`: adds up what the suites counted; last line `N passed, N failed`, exit code 1 unless all is well. Plain Node. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const REPORTS = join(import.meta.dirname, '../../.c2c/reports');

/** A suite that left no report did not come to its end: one failure.
 * @param {string} suite
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
function countOf(suite) {
  try {
    return JSON.parse(readFileSync(join(REPORTS, `${suite}.json`), 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const total = { passed: 0, failed: 0, skipped: 0 };
for (const suite of process.argv.slice(2)) {
  const { passed, failed, skipped } = countOf(suite);
  console.log(`${suite.padEnd(10)} ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
