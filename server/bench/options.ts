/** The command line of the comparison. */
import { parseArgs } from 'node:util';
import { PEER_NAMES, type PeerName } from './peers.ts';
import { SCENARIOS } from './scenarios/all.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** What is run: empty `peers` means everybody whom a scenario knows. */
export type Options = {
  scenarios: readonly Scenario[];
  peers: readonly PeerName[];
  repeats: number;
  isQuick: boolean;
  out: string | null;
};

const REPEATS = 3;

/** What `--help` says. */
export const USAGE = `usage: npm run bench [-- options]           C2C beside what people would use instead, one table
       npm run bench -- latency [options]   from key press to the other client (--help)
       npm run bench -- key-to-screen       the same up to the screen, in real browsers

  --scenario <a,b>   ${SCENARIOS.map(({ name }) => name).join(', ')}   (all)
  --peers <a,b>      ${PEER_NAMES.join(', ')}   (all that a scenario knows)
  --repeats <n>      rounds, the order of the peers rotates; figures are medians   (${REPEATS})
  --quick            every scenario briefly, to see that it works: its figures mean nothing
  --out <folder>     where the page, the chart and the JSON go   (server/bench/results; none with --quick or a selection)
  --help             this text

Exits with 1 when something did not work, or C2C lost, doubled or reordered a message; never for a speed.`;

/** Reads the arguments; a sentence says what is wrong with them. */
export function readOptions(args: readonly string[]): Options | 'help' | { problem: string } {
  try {
    return interpret(parse(args));
  } catch (error) {
    return { problem: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = { scenario: text, peers: text, repeats: text, out: text, quick: flag, help: flag };
  return parseArgs({ args: [...args], options }).values;
}

function interpret(values: ReturnType<typeof parse>): Options | 'help' {
  if (values.help) return 'help';
  const names = listOf(
    values.scenario,
    SCENARIOS.map(({ name }) => name),
  );
  const repeats = Number(values.repeats ?? (values.quick ? 1 : REPEATS));
  if (!Number.isInteger(repeats) || repeats < 1 || repeats > 20) throw new Error('--repeats is a number from 1 to 20');
  return {
    scenarios: names.length > 0 ? SCENARIOS.filter(({ name }) => names.includes(name)) : SCENARIOS,
    peers: listOf(values.peers, PEER_NAMES),
    repeats,
    isQuick: values.quick,
    out: values.out ?? null,
  };
}

function listOf<T extends string>(given: string | undefined, known: readonly T[]): T[] {
  const wanted = (given ?? '').split(',').filter((name) => name !== '');
  return wanted.map((name) => {
    const found = known.find((other) => other === name);
    if (found === undefined) throw new Error(`there is no ${name}; choose ${known.join(', ')}`);
    return found;
  });
}
