/** Lines that the launcher coloured for a terminal of its own. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const TERMINAL = join(import.meta.dirname, '../local/cluster/terminal.ts');

it('a line coloured elsewhere reaches a pipe without colours', () => {
  const script = `import { fromElsewhere, say } from ${JSON.stringify(TERMINAL)}; say(fromElsewhere('\\u001b[32m✔\\u001b[0m n1'));`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('✔ n1\n');
});
