/** Writes `REPORT.md` from the rows of the faults that were run on this machine. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Figures, type Row, readRows } from './support/rows.ts';

const FILE = join(import.meta.dirname, 'REPORT.md');

const INTRODUCTION = `# Faults

Written by \`npm run test:faults\`, one row a fault: three nodes, Redis with AOF and nginx on one machine, 24 clients of
\`@c2c/web/client\` (half Socket.IO, half /ws) that write about 40 messages a second in four rooms unless the file says otherwise.
Every client's history, on the wire and at the application, goes to the checker of \`server/test/history\`; the line is its verdict.
A row is kept when the verdict holds no violation, no promise was pending beyond its deadline, nothing was rejected
unhandled and no node logged a defect. \`SEED=<seed> npm run test:faults -- <fault>\` repeats one with the same choices.
Times depend on the machine and are told, not promised, unless the file asserts them. A \`+\` after the commit: with changes on top.
`;

function reportOf(rows: readonly Row[]): string {
  const total = rows.filter(({ isKept }) => isKept).length;
  const table = rows.map(
    (row) =>
      `| ${row.fault} | ${row.isKept ? 'kept' : '**broken**'} | ${row.verdict} | ${figuresOf(row.figures)} | ${row.seed} | ${row.commit} | ${row.date} |`,
  );
  const head = ['| fault | promise | verdict | figures | seed | commit | date |', '|---|---|---|---|---|---|---|'];
  return `${INTRODUCTION}\n${total} of ${rows.length} kept.\n\n${[...head, ...table].join('\n')}\n`;
}

function figuresOf(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name}: ${value}`)
    .join(' · ');
}

const rows = readRows();
writeFileSync(FILE, reportOf(rows));
process.stdout.write(`server/test/faults/REPORT.md: ${rows.length} faults\n`);
process.exitCode = rows.every(({ isKept }) => isKept) ? 0 : 1;
