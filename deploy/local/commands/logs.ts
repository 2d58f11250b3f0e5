/** `npm run logs`: the nodes' JSON logs as one story in the order of time. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Context } from '../bootstrap/context.ts';
import { UsageError } from '../bootstrap/options.mjs';
import { say } from '../cluster/terminal.ts';
import { entryFilter, formatEntry, LEVELS, type LogEntry, topErrors } from '../logs/log-entry.ts';
import { createLogReader } from '../logs/log-reader.ts';

const HELP = `Merges the logs of all nodes in the order of time.

  npm run logs -- [options]

  --follow, -f       goes on as they are written
  --trace <id>       only what belongs to one request
  --level <level>    this level and worse: ${Object.keys(LEVELS).join(', ')}
  --code <CODE>      only this error, such as ROOM_NOT_FOUND
  --node <n2>        only this node
  --last <n>         only the newest n lines
  --top-errors       how often each error occurred, and when last
  --json             the lines as they are`;

const LOOK_EVERY_MS = 250;

/** Ends at the end of the logs, or when it is stopped. */
export async function run(args: string[], { home, signal }: Context): Promise<number> {
  const options = readOptions(args);
  if (options.help === true) {
    say(HELP);
    return 0;
  }
  const folder = join(home, 'logs');
  const files = readdirSync(folder).filter((file) => /^n\d+(\.1)?\.log$/.test(file));
  if (files.length === 0) throw new Error(`there are no logs in ${folder}; npm start makes some`);
  const readers = files.map((file) => createLogReader(join(folder, file)));
  const isWanted = entryFilter(options);
  const read = () =>
    readers
      .flatMap((reader) => reader.read())
      .filter(isWanted)
      .sort(byTime);
  const show = (entry: LogEntry) => say(options.json === true ? entry.line : formatEntry(entry));

  const entries = read();
  if (options['top-errors'] === true) {
    for (const line of topErrors(entries)) say(line);
    return 0;
  }
  for (const entry of entries.slice(-(options.last === undefined ? entries.length : Number(options.last)))) show(entry);
  if (entries.length === 0 && options.follow !== true) console.error('no lines match');
  while (options.follow === true && !signal.aborted) {
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => null);
    for (const entry of read()) show(entry);
  }
  return 0;
}

function byTime(a: LogEntry, b: LogEntry): number {
  return a.timeMs - b.timeMs;
}

function readOptions(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const options = {
      follow: { ...flag, short: 'f' },
      help: { ...flag, short: 'h' },
      ...{ trace: text, level: text, code: text, node: text, last: text },
      ...{ 'top-errors': flag, json: flag },
    } as const;
    const { values } = parseArgs({ args, options });
    if (values.level !== undefined && !(values.level in LEVELS)) throw new Error(`there is no level ${values.level}`);
    if (values.last !== undefined && !/^\d+$/.test(values.last)) throw new Error('--last is a number of lines');
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}
