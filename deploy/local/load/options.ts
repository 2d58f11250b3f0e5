/** The command line of `npm run load`. */
import { parseArgs } from 'node:util';
import { isScenario, PROFILES, type ScenarioName } from '@c2c/loadtest/profiles';
import { UsageError } from '../bootstrap/options.mjs';

/** What one run is told. Absent figures are those of the scenario. */
export type LoadOptions = {
  scenario: ScenarioName;
  url?: string | undefined;
  users?: number | undefined;
  rate?: number | undefined;
  seconds?: number | undefined;
  door?: string | undefined;
  out?: string | undefined;
  remoteWrite?: string | undefined;
};

/** A run, the page of results out of the last run of each scenario, or the help text. */
export type LoadCommand = { verb: 'help' } | { verb: 'results' } | ({ verb: 'run' } & LoadOptions);

const MOST = { users: 100_000, rate: 100_000, seconds: 7 * 86_400 };
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };
const DOORS = ['socketio', 'websocket', 'both'];

const SCENARIO_LINES = Object.entries(PROFILES).map(
  ([name, { says, users, rate, seconds }]) =>
    `  ${name.padEnd(16)} ${says}\n${' '.repeat(19)}${users} users, ${rate} messages/s, ${seconds} s`,
);

/** What `--help` says. */
export const LOAD_HELP = `Drives a cluster with k6 and checks that nothing was lost, doubled or reordered.

  npm run load -- <scenario> [options]

${SCENARIO_LINES.join('\n')}
  results          writes loadtest/RESULTS.md out of the last run of each scenario

  --url <url>            the cluster    (the one npm start runs here; where there is none, one is started for the run)
  --users <n>            how many connections                        (the scenario's)
  --rate <n>             messages a second, over all writers         (the scenario's)
  --duration <time>      how long messages flow: 90, 90s, 5m, 2h     (the scenario's)
  --door <door>          socketio, websocket or both                 (the scenario's)
  --out <folder>         where report.html, summary.json and crowd.log go  (.c2c/load/<scenario>)
  --remote-write <url>   also sends the metrics to a Prometheus, as http://localhost:9090/api/v1/write
                         (that of npm start -- --observe, where it runs here)
  --help                 this text

  k6 ≥ 2.0 is taken from K6_BIN or PATH, else built once with Go into .c2c/bin (about two minutes).
  Exit code 1 where a threshold does not hold. A cluster elsewhere must count this machine's address among its
  TRUSTED_LOAD_ADDRESSES, or its limits refuse the load. loadtest/README.md says what each scenario means.`;

/** Reads the arguments. Throws a UsageError that names the mistake. */
export function parseLoad(args: readonly string[]): LoadCommand {
  const { values, positionals } = parse(args);
  if (values.help === true) return { verb: 'help' };
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new UsageError('name one scenario');
  if (name === 'results') return { verb: 'results' };
  if (!isScenario(name)) {
    throw new UsageError(`there is no scenario ${name}; choose ${Object.keys(PROFILES).join(', ')}`);
  }
  if (values.door !== undefined && !DOORS.includes(values.door)) {
    throw new UsageError(`--door is ${DOORS.join(', ')}, not '${values.door}'`);
  }
  return {
    verb: 'run',
    scenario: name,
    url: address('--url', values.url)?.replace(/\/+$/, ''),
    users: wholeNumber('--users', values.users, MOST.users),
    rate: wholeNumber('--rate', values.rate, MOST.rate),
    seconds: duration(values.duration),
    door: values.door,
    out: values.out,
    remoteWrite: address('--remote-write', values['remote-write']),
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    ...{ url: text, users: text, rate: text, duration: text, door: text, out: text, 'remote-write': text },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

function wholeNumber(name: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most) {
    throw new UsageError(`${name} is a whole number from 1 to ${most}, not '${text}'`);
  }
  return value;
}

function duration(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits = '', unit = 's'] = /^(\d{1,6})([smh])?$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNITS[unit] ?? 1);
  if (digits === '' || seconds < 1 || seconds > MOST.seconds) {
    throw new UsageError(`--duration is a time such as 90s, 5m or 2h, not '${text}'`);
  }
  return seconds;
}

function address(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UsageError(`${name} is an address that begins with http:// or https://, not '${text}'`);
  }
  return text;
}
