/** `npm run logs`: the nodes' JSON logs as one story in the order of time, or counted. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../bootstrap/context.ts';
import { UsageError } from '../bootstrap/options.mjs';
import { say } from '../cluster/terminal.ts';
import { errorsByMinute, errorsOverTime, topErrors } from '../logs/error-patterns.ts';
import { entryFilter, formatEntry, type LogEntry } from '../logs/log-entry.ts';
import { createLogReader } from '../logs/log-reader.ts';
import { LOGS_HELP, type LogsOptions, parseLogs } from '../logs/options.ts';

const LOOK_EVERY_MS = 250;

/** Ends at the end of the logs, or when it is stopped. */
export async function run(args: string[], { home, signal }: Context): Promise<number> {
  const options = parseLogs(args, Date.now());
  if (options === 'help') {
    say(LOGS_HELP);
    return 0;
  }
  const readers = filesOf(options, join(home, 'logs')).map(createLogReader);
  const isWanted = entryFilter(options.wanted);
  const read = () =>
    readers
      .flatMap((reader) => reader.read())
      .filter(isWanted)
      .sort(byTime);
  const show = (entry: LogEntry) => say(options.isJson ? entry.line : formatEntry(entry));

  const entries = read();
  if (options.counts !== null) {
    for (const line of counted(options, entries)) say(line);
    return 0;
  }
  for (const entry of entries.slice(Math.max(0, entries.length - options.last))) show(entry);
  if (entries.length === 0 && !options.isFollowing) console.error('no lines match');
  while (options.isFollowing && !signal.aborted) {
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => null);
    for (const entry of read()) show(entry);
  }
  return 0;
}

function filesOf({ files }: LogsOptions, folder: string): string[] {
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new UsageError(`there is no file ${missing}`);
  if (files.length > 0) return [...files];
  const own = readdirSync(folder).filter((file) => /^n\d+(\.1)?\.log$/.test(file));
  if (own.length === 0) throw new Error(`there are no logs in ${folder}; npm start makes some`);
  return own.map((file) => join(folder, file));
}

function counted({ counts, isJson }: LogsOptions, entries: readonly LogEntry[]): string[] {
  if (counts === 'top-errors') return topErrors(entries);
  return isJson ? [JSON.stringify(errorsByMinute(entries), null, 2)] : errorsOverTime(entries);
}

function byTime(a: LogEntry, b: LogEntry): number {
  return a.timeMs - b.timeMs;
}
