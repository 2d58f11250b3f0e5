/** `npm run check`: every part at once, one line for each, exit code 1 if one fails. */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { bad, good, say } from '../local/cluster/terminal.ts';
import { checkParts, type Part } from './parts.ts';
import { writeReport } from './reports.ts';

const ROOT = join(import.meta.dirname, '../..');
const SHOWN_LINES = 60;

const parts = checkParts(ROOT);
const waiting = [...parts];
let failed = 0;

async function work(): Promise<void> {
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    const begin = performance.now();
    const { code, output } = await runPart(part);
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    say(code === 0 ? good(`${part.name} (${seconds} s)`) : bad(`${part.name} (${part.command.join(' ')})`));
    if (code === 0) continue;
    failed += 1;
    say(excerpt(output));
  }
}

/** Enough to see what is wrong; the command of the line shows the rest. */
function excerpt(output: string): string {
  const lines = output.trim().split('\n');
  const shown = lines.slice(0, SHOWN_LINES).map((line) => `    ${line}`);
  if (lines.length > shown.length) shown.push(`    … and ${lines.length - shown.length} lines more`);
  return shown.join('\n');
}

function runPart({ command: [file, ...args] }: Part): Promise<{ code: number | null; output: string }> {
  const child = spawn(file, args, {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, output: error.message }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

await Promise.all(Array.from({ length: availableParallelism() }, work));
writeReport(ROOT, 'check', { passed: parts.length - failed, failed, skipped: 0 });
say(failed === 0 ? good(`all ${parts.length} checks hold`) : bad(`${failed} of ${parts.length} checks fail`));
process.exitCode = failed === 0 ? 0 : 1;
