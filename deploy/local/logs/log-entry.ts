/** One line of a node's log: read, chosen, shown, counted. */
import { paint } from '../cluster/terminal.ts';

/** pino's levels. */
export const LEVELS: Readonly<Record<string, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
};

/** `line` is as it was written; `fields` is empty where that is no JSON (a crash, a warning of Node's). */
export type LogEntry = {
  line: string;
  node: string;
  timeMs: number;
  level: number;
  message: string;
  fields: Readonly<Record<string, unknown>>;
};

/** Reads a line. What has no time of its own stands after the line before it, which is from `previousMs`. */
export function parseEntry(line: string, node: string, previousMs: number): LogEntry {
  const fields = objectIn(line);
  if (fields === null) return { line, node, timeMs: previousMs, level: 50, message: line, fields: {} };
  const { time, level, msg } = fields;
  const timeMs = typeof time === 'number' ? time : Date.parse(String(time));
  return {
    line,
    node: typeof fields.node === 'string' ? fields.node : node,
    timeMs: Number.isFinite(timeMs) ? timeMs : previousMs,
    level: typeof level === 'number' ? level : (LEVELS[String(level)] ?? 30),
    message: typeof msg === 'string' ? msg : '',
    fields,
  };
}

function objectIn(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The code of the error an entry tells of, wherever it stands; null where it tells of none. */
export function codeOf({ fields }: LogEntry): string | null {
  for (const holder of [fields, fields.err, fields.error]) {
    const code = typeof holder === 'object' && holder !== null && 'code' in holder ? holder.code : null;
    if (typeof code === 'string') return code;
  }
  return null;
}

/** What errors are counted by: the code, or the message of what has none and is at least a warning; null for all else, and for the lines of a stack below it. */
export function patternOf(entry: LogEntry): string | null {
  const code = codeOf(entry);
  if (code !== null || entry.level < 40 || /^\s/.test(entry.line)) return code;
  return entry.message.slice(0, 80) || '(no message)';
}

/** What is asked for; times in milliseconds since 1970, `untilMs` itself left out. */
export type Wanted = {
  trace?: string | undefined;
  level?: string | undefined;
  code?: string | undefined;
  node?: string | undefined;
  sinceMs?: number | undefined;
  untilMs?: number | undefined;
};

/** Which entries were asked for. */
export function entryFilter(wanted: Wanted) {
  const { sinceMs = -Infinity, untilMs = Infinity } = wanted;
  const least = wanted.level === undefined ? 0 : (LEVELS[wanted.level] ?? 0);
  return (entry: LogEntry): boolean =>
    entry.level >= least &&
    entry.timeMs >= sinceMs &&
    entry.timeMs < untilMs &&
    (wanted.node === undefined || entry.node === wanted.node) &&
    (wanted.code === undefined || codeOf(entry) === wanted.code) &&
    (wanted.trace === undefined || [entry.fields.traceId, entry.fields.reqId].includes(wanted.trace));
}

const SHOWN_ELSEWHERE = new Set(['time', 'level', 'msg', 'node', 'pid', 'hostname', 'v']);

/** One line for people: time, node, level, message, then the other fields. */
export function formatEntry({ timeMs, node, level, message, fields }: LogEntry): string {
  const time = new Date(timeMs).toISOString().slice(11, 23);
  const name = (Object.entries(LEVELS).find(([, number]) => number === level)?.[0] ?? String(level)).toUpperCase();
  const colour = level >= 50 ? 'red' : level >= 40 ? 'yellow' : 'dim';
  const rest = Object.entries(fields)
    .filter(([key]) => !SHOWN_ELSEWHERE.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return [paint('dim', time), node.padEnd(3), paint(colour, name.padEnd(5)), message, paint('dim', rest.join(' '))]
    .join(' ')
    .trimEnd();
}
