/** `npm run doctor`: looks at everything the cluster depends on and names the fix of each thing that is wrong. */
import { parseArgs } from 'node:util';
import type { Context } from '../bootstrap/context.ts';
import { UsageError } from '../bootstrap/options.mjs';
import { bad, good, say, warning } from '../cluster/terminal.ts';
import { clusterFindings } from '../doctor/cluster-findings.ts';
import type { Finding } from '../doctor/finding.ts';
import { machineFindings } from '../doctor/machine-findings.ts';

const HELP = `Checks this machine and the cluster that runs on it; prints the fix of each line that is wrong.

  npm run doctor -- [--port <port>]     exit code 1 if something is wrong`;

/** Answers 1 if anything is bad; warnings alone are no failure. */
export async function run(args: string[], context: Context): Promise<number> {
  const options = readOptions(args);
  if (options.help === true) {
    say(HELP);
    return 0;
  }
  const port = Number(options.port ?? '8080');
  const findings = [...(await machineFindings(context, port)), ...(await clusterFindings(context))];
  for (const finding of findings) show(finding);
  const wrong = findings.filter(({ verdict }) => verdict === 'bad').length;
  say(wrong === 0 ? good('nothing is wrong') : bad(`${wrong} of ${findings.length} lines need attention`));
  return wrong === 0 ? 0 : 1;
}

function show({ verdict, name, text, fix }: Finding): void {
  const mark = { good, bad, warning }[verdict];
  say(mark(`${name.padEnd(14)} ${text}`));
  if (fix !== undefined && verdict !== 'good') say(`    fix: ${fix}`);
}

function readOptions(args: string[]) {
  try {
    return parseArgs({ args, options: { port: { type: 'string' }, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}
