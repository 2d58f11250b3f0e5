/** What `npm run logs` may be told. */
import { parseArgs } from 'node:util';
import { UsageError } from '../bootstrap/options.mjs';
import { LEVELS, type Wanted } from './log-entry.ts';

/** The text of `npm run logs -- --help`. */
export const LOGS_HELP = `Merges the logs of all nodes in the order of time.

  npm run logs -- [options]

  --follow, -f       goes on as they are written
  --trace <id>       only what belongs to one request
  --level <level>    this level and worse: ${Object.keys(LEVELS).join(', ')}
  --code <CODE>      only this error, such as ROOM_NOT_FOUND
  --node <n2>        only this node
  --since <time>     only from then on: 10m, 2h, 90s, 1d (ago), 14:05 (today, UTC), or 2025-01-31T14:05Z
  --until <time>     only before then
  --last <n>         only the newest n lines
  --from <file>      this file instead of the logs of npm start; may be repeated. Of containers:
                     docker compose logs --no-log-prefix n1 n2 n3 > c2c.log
  --top-errors       how often each error occurred, and when last
  --errors-over-time how often each error occurred in each minute
  --json             the lines as they are; of errors over time, [{minute, code, count}]`;

/** Everything read and checked; `counts` is what is shown instead of lines. */
export type LogsOptions = {
  wanted: Wanted;
  files: readonly string[];
  last: number;
  counts: 'top-errors' | 'errors-over-time' | null;
  isFollowing: boolean;
  isJson: boolean;
};

/** Reads a command line. Throws a UsageError that names the mistake. */
export function parseLogs(args: string[], nowMs: number): LogsOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  const { trace, level, code, node, since, until, last } = values;
  if (level !== undefined && !(level in LEVELS)) throw new UsageError(`there is no level ${level}`);
  if (last !== undefined && !/^\d+$/.test(last)) throw new UsageError('--last is a number of lines');
  const chosen = (['top-errors', 'errors-over-time'] as const).filter((name) => values[name] === true);
  if (chosen.length > 1) throw new UsageError('--top-errors and --errors-over-time are two questions: ask one');
  const counts = chosen[0] ?? null;
  if (counts !== null && values.follow === true)
    throw new UsageError(`--${counts} counts what is there; it follows nothing`);
  return {
    wanted: {
      trace,
      level,
      code,
      node,
      sinceMs: timeOf('--since', since, nowMs),
      untilMs: timeOf('--until', until, nowMs),
    },
    files: values.from ?? [],
    last: last === undefined ? Number.POSITIVE_INFINITY : Number(last),
    counts,
    isFollowing: values.follow === true,
    isJson: values.json === true,
  };
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const options = {
      follow: { ...flag, short: 'f' },
      help: { ...flag, short: 'h' },
      from: { ...text, multiple: true },
      ...{ trace: text, level: text, code: text, node: text, last: text, since: text, until: text },
      ...{ 'top-errors': flag, 'errors-over-time': flag, json: flag },
    } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function timeOf(name: string, told: string | undefined, nowMs: number): number | undefined {
  if (told === undefined) return undefined;
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(told) ?? [];
  if (amount !== undefined && unit !== undefined) return nowMs - Number(amount) * (UNIT_MS[unit] ?? 0);
  const isOfToday = /^\d{2}:\d{2}(:\d{2})?$/.test(told);
  const time = Date.parse(isOfToday ? `${new Date(nowMs).toISOString().slice(0, 10)}T${told}Z` : told);
  if (Number.isNaN(time))
    throw new UsageError(`${name} is a time such as 10m, 14:05 or 2025-01-31T14:05Z, not '${told}'`);
  return time;
}
