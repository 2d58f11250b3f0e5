/** `loadtest/RESULTS.md`: the last run of every scenario on one page. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { PROFILES } from '@c2c/loadtest/profiles';
import { type Outcome, sizeOf, tableOf, verdictLines } from './report.ts';
import { PROCESSORS } from './usage.ts';

/** Writes the page out of the summaries in `folder`, one folder a scenario; answers the scenarios that stand on it. */
export function writeResults(folder: string, page: string): string[] {
  const outcomes = Object.keys(PROFILES).flatMap((name) => {
    const file = join(folder, name, 'summary.json');
    return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8')) as Outcome] : [];
  });
  if (outcomes.length === 0) throw new Error(`there is no run in ${folder}; npm run load -- smoke makes one`);
  writeFileSync(page, `${[...headOf(outcomes), ...outcomes.flatMap(sectionOf)].join('\n')}\n`);
  return outcomes.map(({ settings }) => settings.scenario);
}

function headOf(outcomes: readonly Outcome[]): string[] {
  const k6 = [...new Set(outcomes.map((outcome) => outcome.k6))].join(', ');
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    '# Reference runs',
    '',
    'Written by `npm run load -- results` out of the last run of each scenario; do not edit.',
    '',
    `k6 ${k6}, Node ${process.versions.node}, ${process.platform}, ${PROCESSORS} processors and ${memory} GB for everything together:`,
    'k6, nginx, three nodes, Redis and PostgreSQL. Times begin when a message was *meant* to be sent, so a stall counts for',
    'every message it delays. What the lines mean stands in [README.md](README.md).',
    '',
  ];
}

function sectionOf(outcome: Outcome): string[] {
  const { settings } = outcome;
  const full = PROFILES[settings.scenario].seconds;
  const scaled = settings.seconds < full ? ` (shortened: ${full} s is the scenario's own length)` : '';
  return [
    `## ${settings.scenario}`,
    '',
    `${sizeOf(settings)}${scaled}: ${settings.says}.`,
    '',
    '```',
    ...tableOf(outcome),
    ...verdictLines(outcome),
    '```',
    '',
  ];
}
