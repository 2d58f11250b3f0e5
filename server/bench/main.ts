/**
 * `npm run bench`: C2C beside its peers; `npm run bench -- latency`: one message at a time; `npm run bench -- metrics`: what counting
 * costs. All print figures, none judges a time.
 */
import { parseArgs } from 'node:util';
import { latency } from './latency.ts';
import { metricsCost } from './metrics-cost.ts';
import { readOptions, USAGE } from './options.ts';
import { runComparison } from './run-comparison.ts';

const LATENCY_USAGE = `usage: npm run bench -- latency [--url http://localhost:8080] [--messages 500]

  from key press to the other client, p50 and p99, for each pair of doors
  --url       a running cluster; without it a cluster of two nodes is started for the run
  --messages  how many for each pair`;

async function runLatency(args: string[]): Promise<number> {
  const options = { url: { type: 'string' }, messages: { type: 'string' }, help: { type: 'boolean' } } as const;
  const { values } = parseArgs({ args, options });
  const messages = Number(values.messages ?? 500);
  if (values.help || !Number.isInteger(messages) || messages < 1) {
    console.log(LATENCY_USAGE);
    return values.help ? 0 : 2;
  }
  await latency({ url: values.url, messages });
  return 0;
}

async function runTable(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (options !== 'help' && !('problem' in options)) return runComparison(options, (line) => console.log(line));
  console.log(options === 'help' ? USAGE : `✘ ${options.problem}\n\n${USAGE}`);
  return options === 'help' ? 0 : 2;
}

// Ctrl-C ends what was started too: it hangs on this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

const args = process.argv.slice(2);
const runs: Readonly<Record<string, (rest: string[]) => Promise<number>>> = {
  latency: runLatency,
  metrics: () => metricsCost().then(() => 0),
};
const run = runs[args[0] ?? ''];
process.exitCode = run === undefined ? await runTable(args) : await run(args.slice(1));
