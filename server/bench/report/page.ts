/** What a run leaves behind: a page with its chart, and all figures as JSON. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../compare.ts';
import type { Facts } from '../machine/facts.ts';
import type { Options } from '../options.ts';
import { chart } from './chart.ts';
import { createStatistics } from './statistics.ts';
import { asMarkdown, asText } from './table.ts';
import { goalTable, scenarioTable } from './tables.ts';
import { faultsOf, saturatedIn } from './verdict.ts';

/** A finished run. */
export type Run = { options: Options; facts: Facts; outcome: Outcome };

const NAME = 'bench';

const HOW = `CPU is user and system time of the node processes as the operating system counts it, the median of the repeats with the ends in
brackets; Redis stands beside it. Latency counts from the moment a message was due, whether or not the servers kept up, and holds the
4 ms ticks of the load process, which is the same program for everybody: one thread, bare sockets, straight to the nodes. Load process,
nodes and Redis share the machine; where that has no more to give (machine near 100 %), latencies say little. "Out of order" are deliveries
behind one that the first member of the room saw later. Memory is resident memory after garbage was collected, the increase over a warm
node divided by the connections. Redis commands are those of clients, without what scripts run and without idle traffic. C2C runs as built,
with its default configuration in every row: sequence, log, dedupe, membership, rate limit and presence are on. The others run as their
documentation shows, and keep none of that.`;

/** Everything for the terminal: each scenario in full, then the goals; a quick run has nothing to say about them. */
export function summary({ options, outcome }: Run): string {
  const statistics = createStatistics(outcome.samples);
  const saturated = saturatedIn(outcome).map((place) => `! the load process had too little CPU: ${place}`);
  return [
    ...options.scenarios.map((scenario) => `${asText(scenarioTable(scenario, statistics))}\n`),
    options.isQuick
      ? 'Briefly run, to see that everything works: the figures mean nothing.'
      : asText(goalTable(statistics)),
    ...saturated,
  ].join('\n');
}

/** Writes `bench.md`, `bench.svg` and `bench.json`; answers the page's path. */
export function writeResults(folder: string, run: Run): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${NAME}.md`);
  writeFileSync(file, page(run));
  writeFileSync(join(folder, `${NAME}.svg`), chart(createStatistics(run.outcome.samples)));
  const { facts, outcome } = run;
  writeFileSync(join(folder, `${NAME}.json`), `${JSON.stringify({ ...facts, ...outcome }, rounded, 1)}\n`);
  return file;
}

function page({ options, facts, outcome }: Run): string {
  const statistics = createStatistics(outcome.samples);
  const notes = [
    ...faultsOf(outcome).map((fault) => `* broken: ${fault}`),
    ...saturatedIn(outcome).map((place) => `* the load process had too little CPU: ${place}`),
    ...(facts.isQuiet ? [] : [`* the machine was not quiet: load ${facts.loadBefore.toFixed(1)} before the run`]),
  ];
  return [
    '# C2C beside what people would use instead',
    `\`npm run bench\`${options.isQuick ? ' (briefly: these figures mean nothing)' : ''}, ${facts.at}, commit ${facts.commit}, ` +
      `${options.repeats} repeats.  \n${facts.machine}.  \n${facts.versions}.`,
    ...(notes.length === 0 ? [] : [notes.join('\n')]),
    `![CPU per delivery](${NAME}.svg)`,
    ...(options.isQuick ? [] : [asMarkdown(goalTable(statistics))]),
    ...options.scenarios.map((scenario) => asMarkdown(scenarioTable(scenario, statistics))),
    `## How it was measured\n\n${HOW}`,
    '',
  ].join('\n\n');
}

/** Six digits say more than a measurement can. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}
