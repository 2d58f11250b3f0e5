/** A table of texts, for a terminal and for Markdown. */

/** The first column is a name, the others are figures. */
export type Table = { title: string; head: readonly string[]; rows: readonly (readonly string[])[] };

/** In columns, the first one to the left. */
export function asText({ title, head, rows }: Table): string {
  const widths = head.map((cell, column) => Math.max(width(cell), ...rows.map((row) => width(row[column] ?? ''))));
  const line = (row: readonly string[]) =>
    widths
      .map((size, column) => pad(row[column] ?? '', size, column === 0))
      .join('  ')
      .trimEnd();
  return [title, line(head), widths.map((size) => '─'.repeat(size)).join('  '), ...rows.map(line)].join('\n');
}

/** With a heading of the second level. */
export function asMarkdown({ title, head, rows }: Table): string {
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [`## ${title}`, '', line(head), line(rule), ...rows.map(line)].join('\n');
}

function pad(text: string, size: number, isLeft: boolean): string {
  const space = ' '.repeat(Math.max(0, size - width(text)));
  return isLeft ? text + space : space + text;
}

function width(text: string): number {
  return [...text].length;
}

/** Three significant digits, thousands apart; a dash for what is not there. */
export function figure(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 10_000) return Math.round(value).toLocaleString('en').replaceAll(',', ' ');
  if (size >= 100) return String(Math.round(value));
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}
