/** Errors by their code: how often each occurred, and when. */
import { type LogEntry, patternOf } from './log-entry.ts';

const MINUTE_MS = 60_000;
const BARS = [...'▁▂▃▄▅▆▇█'];
/** Wider than this a line of bars leaves a terminal of 120 columns, and so does a table of more codes. */
const MOST_COLUMNS = 60;
const MOST_CODES = 6;
const MOST_ROWS = 60;
const MOST_HEAD = 24;

/** So many errors with one code within one minute, which is named by its beginning (`2025-01-01T00:00Z`). */
export type MinuteCount = { minute: string; code: string; count: number };

/** Count, code (or message), when last, and on which nodes; the most frequent first. */
export function topErrors(entries: readonly LogEntry[]): string[] {
  const groups = new Map<string, { count: number; lastMs: number; nodes: Set<string> }>();
  for (const entry of entries) {
    const pattern = patternOf(entry);
    if (pattern === null) continue;
    const group = groups.get(pattern) ?? { count: 0, lastMs: 0, nodes: new Set<string>() };
    group.count += 1;
    group.lastMs = Math.max(group.lastMs, entry.timeMs);
    group.nodes.add(entry.node);
    groups.set(pattern, group);
  }
  if (groups.size === 0) return ['no errors'];
  const sorted = [...groups].sort(([, a], [, b]) => b.count - a.count);
  return sorted.map(([key, { count, lastMs, nodes }]) => {
    const last = new Date(lastMs).toISOString().slice(0, 19);
    return `${String(count).padStart(7)}  ${key.padEnd(28)} last ${last}  on ${[...nodes].sort().join(', ')}`;
  });
}

/** Every minute with an error, in the order of time, then by code. */
export function errorsByMinute(entries: readonly LogEntry[]): MinuteCount[] {
  const counts = new Map<string, MinuteCount>();
  for (const entry of entries) {
    const code = patternOf(entry);
    // what stands before the first line with a time has none
    if (code === null || entry.timeMs === 0) continue;
    const minute = nameOf(Math.floor(entry.timeMs / MINUTE_MS));
    const known = counts.get(`${minute} ${code}`) ?? { minute, code, count: 0 };
    counts.set(`${minute} ${code}`, { ...known, count: known.count + 1 });
  }
  return [...counts.values()].sort((a, b) => compare(a.minute, b.minute) || compare(a.code, b.code));
}

/** For people: one line of bars for each code over the whole time, then a table of the newest minutes. */
export function errorsOverTime(entries: readonly LogEntry[]): string[] {
  const counts = errorsByMinute(entries);
  const minutes = counts.map(({ minute }) => Date.parse(minute) / MINUTE_MS);
  const [first, last] = [minutes[0], minutes.at(-1)];
  if (first === undefined || last === undefined) return ['no errors'];
  const codes = byFrequency(counts);
  const perColumn = Math.ceil((last - first + 1) / MOST_COLUMNS);
  const width = Math.max(...codes.map(([code]) => code.length));
  const lines = codes.map(([code, total]) => {
    const columns = Array<number>(Math.floor((last - first) / perColumn) + 1).fill(0);
    for (const each of counts.filter((one) => one.code === code)) {
      const column = Math.floor((Date.parse(each.minute) / MINUTE_MS - first) / perColumn);
      columns[column] = (columns[column] ?? 0) + each.count;
    }
    return `${code.padEnd(width)}  ${bars(columns)}  ${total}, at most ${Math.max(...columns)} in ${minutesIn(perColumn)}`;
  });
  const span = `${nameOf(first)} to ${nameOf(last)}, ${minutesIn(perColumn)} a column`;
  return [
    span,
    ...lines,
    '',
    ...table(
      counts,
      codes.slice(0, MOST_CODES).map(([code]) => code),
    ),
  ];
}

function table(counts: readonly MinuteCount[], codes: readonly string[]): string[] {
  const minutes = [...new Set(counts.map(({ minute }) => minute))];
  const shown = minutes.slice(-MOST_ROWS);
  const heads = codes.map((code) => code.slice(0, MOST_HEAD));
  const found = new Map(counts.map(({ minute, code, count }) => [`${minute} ${code}`, count]));
  const row = (first: string, cells: readonly string[]) =>
    [first.padEnd(17), ...cells.map((cell, index) => cell.padStart(heads[index]?.length ?? 0))].join('  ');
  const rows = shown.map((minute) =>
    row(
      minute,
      codes.map((code) => String(found.get(`${minute} ${code}`) ?? '·')),
    ),
  );
  const older = minutes.length - shown.length;
  return [row('minute', heads), ...(older > 0 ? [`(${older} older minutes are left out)`] : []), ...rows];
}

function byFrequency(counts: readonly MinuteCount[]): [code: string, total: number][] {
  const totals = new Map<string, number>();
  for (const { code, count } of counts) totals.set(code, (totals.get(code) ?? 0) + count);
  return [...totals].sort(([, a], [, b]) => b - a);
}

function bars(columns: readonly number[]): string {
  const most = Math.max(...columns);
  return columns.map((count) => (count === 0 ? ' ' : BARS[Math.ceil((count / most) * BARS.length) - 1])).join('');
}

const nameOf = (minute: number) => `${new Date(minute * MINUTE_MS).toISOString().slice(0, 16)}Z`;
const minutesIn = (count: number) => (count === 1 ? '1 minute' : `${count} minutes`);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
