/** `npm run check:history -- <files>`: checks JSONL histories as one and prints the line; exit code 1 on any violation. */
import { readFileSync } from 'node:fs';
import { checkHistory } from './checker.ts';
import { parseHistory } from './format.ts';
import { formatVerdict } from './verdict.ts';

const SHOWN = 50;

function main(files: readonly string[]): number {
  if (files.length === 0) {
    process.stderr.write('usage: npm run check:history -- <history.jsonl> …\n');
    return 2;
  }
  const verdict = checkHistory(files.flatMap((file) => parseHistory(readFileSync(file, 'utf8'))));
  process.stdout.write(`${formatVerdict(verdict)}\n`);
  for (const { violation, text } of verdict.findings.slice(0, SHOWN)) process.stderr.write(`${violation}: ${text}\n`);
  return verdict.findings.length === 0 ? 0 : 1;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
