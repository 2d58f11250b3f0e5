/** Judging a test's history: prints the line, and keeps the file of a history that broke the promise. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkHistory } from '../history/checker.ts';
import type { History } from '../history/recorder.ts';
import { formatVerdict, type Verdict } from '../history/verdict.ts';

const SHOWN = 20;

/** The verdict; throws with the findings and the place of the saved history where there is any. */
export function expectPromiseKept(history: History, title: string): Verdict {
  const verdict = checkHistory(history.records);
  process.stdout.write(`${title}: ${formatVerdict(verdict)}\n`);
  if (verdict.findings.length === 0) return verdict;
  const file = join(mkdtempSync(join(tmpdir(), 'c2c-history-')), 'history.jsonl');
  history.save(file);
  const findings = verdict.findings.slice(0, SHOWN).map(({ violation, text }) => `${violation}: ${text}`);
  throw new Error(`${formatVerdict(verdict)}\n${findings.join('\n')}\nhistory: ${file}`);
}
