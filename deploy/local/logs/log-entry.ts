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
    node,
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

/** Which entries were asked for. */
export function entryFilter(wanted: { trace?: string; level?: string; code?: string; node?: string }) {
  const least = wanted.level === undefined ? 0 : (LEVELS[wanted.level] ?? 0);
  return (entry: LogEntry): boolean =>
    entry.level >= least &&
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

/** Errors by how often they occurred: count, code (or message), nodes, when last. */
export function topErrors(entries: readonly LogEntry[]): string[] {
  const groups = new Map<string, { count: number; lastMs: number; nodes: Set<string> }>();
  for (const entry of entries) {
    const code = codeOf(entry);
    if (code === null && entry.level < 40) continue;
    const key = code ?? (entry.message.slice(0, 80) || '(no message)');
    const group = groups.get(key) ?? { count: 0, lastMs: 0, nodes: new Set<string>() };
    group.count += 1;
    group.lastMs = Math.max(group.lastMs, entry.timeMs);
    group.nodes.add(entry.node);
    groups.set(key, group);
  }
  if (groups.size === 0) return ['no errors'];
  const sorted = [...groups].sort(([, a], [, b]) => b.count - a.count);
  return sorted.map(([key, { count, lastMs, nodes }]) => {
    const last = new Date(lastMs).toISOString().slice(0, 19);
    return `${String(count).padStart(7)}  ${key.padEnd(28)} last ${last}  on ${[...nodes].sort().join(', ')}`;
  });
}
