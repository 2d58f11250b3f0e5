/** The last line of CI tells the truth, also when a suite died or nothing was run. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../checks/total.mjs');
const clones: string[] = [];

afterEach(() => {
  for (const clone of clones.splice(0)) rmSync(clone, { recursive: true, force: true });
});

/** A clone in which the suites left these reports. */
function cloneWith(reports: Readonly<Record<string, object>>): string {
  const clone = mkdtempSync(join(tmpdir(), 'c2c-total-'));
  clones.push(clone);
  mkdirSync(join(clone, 'deploy/checks'), { recursive: true });
  mkdirSync(join(clone, '.c2c/reports'), { recursive: true });
  cpSync(SCRIPT, join(clone, 'deploy/checks/total.mjs'));
  for (const [suite, count] of Object.entries(reports)) {
    writeFileSync(join(clone, '.c2c/reports', `${suite}.json`), JSON.stringify(count));
  }
  return clone;
}

function total(clone: string, suites: readonly string[]): Promise<{ code: number; lastLine: string | undefined }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(clone, 'deploy/checks/total.mjs'), ...suites], (error, output) => {
      resolve({ code: Number(error !== null), lastLine: output.trimEnd().split('\n').at(-1) });
    });
  });
}

test('what all suites counted is added up', async () => {
  const clone = cloneWith({
    check: { passed: 9, failed: 0, skipped: 0 },
    server: { passed: 100, failed: 0, skipped: 0 },
  });

  expect(await total(clone, ['check', 'server'])).toEqual({ code: 0, lastLine: '109 passed, 0 failed' });
});

test('one failure fails the whole', async () => {
  const clone = cloneWith({ check: { passed: 9, failed: 1, skipped: 0 }, web: { passed: 7, failed: 0, skipped: 2 } });

  expect(await total(clone, ['check', 'web'])).toEqual({ code: 1, lastLine: '16 passed, 1 failed, 2 skipped' });
});

test('a suite that left no report counts as failed', async () => {
  const clone = cloneWith({ check: { passed: 9, failed: 0, skipped: 0 } });

  expect(await total(clone, ['check', 'server'])).toEqual({ code: 1, lastLine: '9 passed, 1 failed' });
});

test('a run in which nothing was tested fails', async () => {
  const clone = cloneWith({ server: { passed: 0, failed: 0, skipped: 0 } });

  expect(await total(clone, ['server'])).toEqual({ code: 1, lastLine: '0 passed, 0 failed' });
});
