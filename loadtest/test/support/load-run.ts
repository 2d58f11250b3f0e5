/** `npm run load` as a person runs it: its words, its exit code, its summary. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ROOT } from './small-cluster.ts';

/** What came of a run. `count` reads a counter of the summary. */
export type LoadRun = { code: number | null; output: string; count(metric: string): number; report(): string };

/** Runs to the end. */
export async function runLoad(...args: string[]): Promise<LoadRun> {
  const out = mkdtempSync(join(tmpdir(), 'c2c-load-out-'));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  const door = join(ROOT, 'deploy/local/c2c.mjs');
  const child = spawn(process.execPath, [door, 'load', ...args, '--out', out], {
    env: { ...process.env, npm_lifecycle_event: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString('utf8');
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    code,
    output,
    count: (metric) => JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')).crowd.metrics[metric].values.count,
    report: () => readFileSync(join(out, 'report.html'), 'utf8'),
  };
}
