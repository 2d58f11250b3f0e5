/** `npm run bench`: C2C beside its peers; `npm run bench -- latency`: one message at a time. Both print figures, neither judges a time. */
import { parseArgs } from 'node:util';
import { compare } from './compare.ts';
import { latency } from './latency.ts';
import { readOptions, USAGE } from './options.ts';
import { createStatistics } from './report/statistics.ts';
import { asText } from './report/table.ts';
import { goalTable, scenarioTable } from './report/tables.ts';
import { faultsOf, saturatedIn } from './report/verdict.ts';

const LATENCY_USAGE = `usage: npm run bench -- latency [--url http://localhost:8080] [--messages 500]

  from key press to the other client, p50 and p99, for each pair of doors
  --url       a running cluster; without it a cluster of two nodes is started for the run
  --messages  how many for each pair`;

const say = (line: string) => console.log(line);

async function runLatency(args: string[]): Promise<number> {
  const options = { url: { type: 'string' }, messages: { type: 'string' }, help: { type: 'boolean' } } as const;
  const { values } = parseArgs({ args, options });
  const messages = Number(values.messages ?? 500);
  if (values.help || !Number.isInteger(messages) || messages < 1) {
    say(LATENCY_USAGE);
    return values.help ? 0 : 2;
  }
  await latency({ url: values.url, messages });
  return 0;
}

async function runComparison(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (options === 'help' || 'problem' in options) {
    say(options === 'help' ? USAGE : `✘ ${options.problem}\n\n${USAGE}`);
    return options === 'help' ? 0 : 2;
  }
  const outcome = await compare(options, say);
  const statistics = createStatistics(outcome.samples);
  for (const scenario of options.scenarios) say(`\n${asText(scenarioTable(scenario, statistics))}`);
  if (options.isQuick) say('\nA quick run shows that everything works; its figures mean nothing.');
  else say(`\n${asText(goalTable(statistics))}\n`);
  for (const place of saturatedIn(outcome)) say(`! the load process was saturated: ${place}`);
  const faults = faultsOf(outcome);
  for (const fault of faults) say(`✘ ${fault}`);
  return faults.length === 0 ? 0 : 1;
}

const [name = '', ...rest] = process.argv.slice(2);
process.exitCode = name === 'latency' ? await runLatency(rest) : await runComparison(process.argv.slice(2));
