/** One run of the comparison from its options to its exit code. */
import { join } from 'node:path';
import { compare } from './compare.ts';
import { gatherFacts } from './machine/facts.ts';
import type { Options } from './options.ts';
import { summary, writeResults } from './report/page.ts';
import { faultsOf } from './report/verdict.ts';
import { SCENARIOS } from './scenarios/all.ts';

/** Measures, prints and writes; answers 1 when something did not work or a promise was broken. */
export async function runComparison(options: Options, say: (line: string) => void): Promise<number> {
  const facts = gatherFacts();
  if (!facts.isQuiet) say(`! the machine is not quiet: load ${facts.loadBefore.toFixed(1)} before the run`);
  const begin = performance.now();
  const outcome = await compare(options, say);
  const run = { options, facts, outcome };
  say(`\n${summary(run)}\n`);
  const folder = options.out ?? defaultFolder(options);
  if (folder !== null) say(`written: ${writeResults(folder, run)}`);
  const faults = faultsOf(outcome);
  for (const fault of faults) say(`✘ ${fault}`);
  const minutes = ((performance.now() - begin) / 60_000).toFixed(1);
  say(`${faults.length === 0 ? '✔ everything worked' : `✘ ${faults.length} faults`}, ${minutes} min`);
  return faults.length === 0 ? 0 : 1;
}

/** What is kept in the repository is the whole, nothing less. */
function defaultFolder({ scenarios, peers, isQuick }: Options): string | null {
  const isWhole = scenarios.length === SCENARIOS.length && peers.length === 0 && !isQuick;
  return isWhole ? join(import.meta.dirname, 'results') : null;
}
