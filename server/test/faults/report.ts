/** Writes `REPORT.md` from the rows of the faults that were run on this machine. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Figures, type Row, readRows } from './support/rows.ts';

/** Only some faults were run: what the page says of the others stays. */
const IS_SELECTION = process.argv.includes('--selection');
const KEPT = 'kept';
const FILE = join(import.meta.dirname, 'REPORT.md');

const INTRODUCTION = `# Faults

Written by \`npm run test:faults\`, one row a fault: three nodes, Redis with AOF and nginx on one machine, 24 clients of
\`@c2c/web/client\` (half Socket.IO, half /ws) that write about 40 messages a second in four rooms unless the file says otherwise.
Every client's history, on the wire and at the application, goes to the checker of \`server/test/history\`; the line is its verdict.
A row is kept when the verdict holds no violation, no promise was pending beyond its deadline, nothing was rejected
unhandled and no node logged a defect. \`SEED=<seed> npm run test:faults -- <fault>\` repeats one with the same choices.
Times depend on the machine and are told, not promised, unless the file asserts them. A \`+\` after the commit: with changes on top.
`;

const HEAD = `| fault | promise | verdict | figures | seed | commit | date |
|---|---|---|---|---|---|---|`;

/** Rows of the page by fault: those of this machine, after a selection over the page's earlier ones. */
function linesOf(rows: readonly Row[]): ReadonlyMap<string, string> {
  const page = IS_SELECTION && existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  const earlier = page.split('\n').filter((line) => /^\| [a-z]/.test(line) && !HEAD.startsWith(line));
  const lines = new Map(earlier.map((line) => [line.split(' ')[1] ?? '', line]));
  for (const row of rows) lines.set(row.fault, lineOf(row));
  return lines;
}

function lineOf({ fault, isKept, verdict, figures, seed, commit, date }: Row): string {
  return `| ${fault} | ${isKept ? KEPT : '**broken**'} | ${verdict} | ${figuresOf(figures)} | ${seed} | ${commit} | ${date} |`;
}

function reportOf(lines: ReadonlyMap<string, string>): string {
  const sorted = [...lines.values()].sort();
  const kept = sorted.filter((line) => line.includes(`| ${KEPT} |`)).length;
  return `${INTRODUCTION}\n${kept} of ${sorted.length} kept.\n\n${[HEAD, ...sorted].join('\n')}\n`;
}

function figuresOf(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name}: ${value}`)
    .join(' · ');
}

const rows = readRows();
const lines = linesOf(rows);
writeFileSync(FILE, reportOf(lines));
process.stdout.write(`server/test/faults/REPORT.md: ${rows.length} faults of ${lines.size} were run here\n`);
process.exitCode = rows.every(({ isKept }) => isKept) ? 0 : 1;
