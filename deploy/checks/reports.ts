/** What each suite counted, kept in `.c2c/reports` so that `.ci/run` can add it up (`total.mjs`). */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many there were of each. */
export type Count = { passed: number; failed: number; skipped: number };

/** Where the runner of a suite writes its own report. */
export function reportFile(root: string, suite: string): string {
  const folder = join(root, '.c2c/reports');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${suite}.json`);
}

/** Notes what a suite counted. */
export function writeReport(root: string, suite: string, count: Count): void {
  writeFileSync(reportFile(root, suite), JSON.stringify(count));
}

/** Forgets what an earlier run of a suite counted. */
export function clearReport(root: string, suite: string): void {
  rmSync(reportFile(root, suite), { force: true });
}

/** Reads the JSON report of vitest; null where the runner died before it wrote one. */
export function readVitestReport(file: string): Count | null {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
    const {
      numPassedTests = 0,
      numFailedTests = 0,
      numPendingTests = 0,
      numTodoTests = 0,
      numFailedTestSuites = 0,
    } = report;
    // A file that cannot even be loaded has no failed test, but it failed.
    const failed = numFailedTests > 0 ? numFailedTests : numFailedTestSuites;
    return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
  } catch {
    return null;
  }
}
