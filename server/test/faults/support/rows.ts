/** The rows of the report: one file a fault, written when it has run. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

const ROOT = join(import.meta.dirname, '../../../..');
/** Where rows wait for the report. */
export const ROWS_FOLDER = join(ROOT, '.c2c/faults/rows');

/** A fault's own figures, by name. */
export type Figures = Record<string, string | number>;

/** One run of one fault. `isKept`: nothing was violated. */
export type Row = {
  fault: string;
  verdict: string;
  isKept: boolean;
  figures: Figures;
  seed: number;
  commit: string;
  date: string;
  seconds: number;
};

const validator = Compile(
  Type.Object({
    fault: Type.String(),
    verdict: Type.String(),
    isKept: Type.Boolean(),
    figures: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
    seed: Type.Integer(),
    commit: Type.String(),
    date: Type.String(),
    seconds: Type.Number(),
  }),
);

/** Replaces the row of this fault. */
export function writeRow(row: Omit<Row, 'commit' | 'date'>): void {
  mkdirSync(ROWS_FOLDER, { recursive: true });
  const whole: Row = { ...row, commit: commitOfNow(), date: new Date().toISOString().slice(0, 10) };
  writeFileSync(join(ROWS_FOLDER, `${row.fault}.json`), `${JSON.stringify(whole, null, 2)}\n`);
}

/** Until a fault has run to its end, its row says that it has not. */
export function openRow(fault: string, seed: number): void {
  writeRow({ fault, verdict: 'did not come to its end', isKept: false, figures: {}, seed, seconds: 0 });
}

/** All rows there are, by name. */
export function readRows(): Row[] {
  mkdirSync(ROWS_FOLDER, { recursive: true });
  return readdirSync(ROWS_FOLDER)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const row: unknown = JSON.parse(readFileSync(join(ROWS_FOLDER, file), 'utf8'));
      if (!validator.Check(row)) throw new Error(`${file} is no row of a report`);
      return row;
    });
}

/** The commit, with a `+` where the tree differs from it. */
function commitOfNow(): string {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' }).stdout?.trim() ?? '';
  const commit = git('rev-parse', '--short=12', 'HEAD');
  return commit === '' ? 'unknown' : `${commit}${git('status', '--porcelain', '-uno') === '' ? '' : '+'}`;
}
