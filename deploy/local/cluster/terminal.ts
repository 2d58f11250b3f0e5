/** What the launcher says: plain lines, coloured only where there is a terminal that wants it. */
import { stripVTControlCharacters } from 'node:util';

const isColoured = process.stdout.isTTY === true && process.env.NO_COLOR === undefined && process.env.TERM !== 'dumb';

/** Colours a text for the terminal; leaves it alone in a log. */
export function paint(colour: 'green' | 'red' | 'yellow' | 'dim' | 'bold', text: string): string {
  const codes = { green: 32, red: 31, yellow: 33, dim: 2, bold: 1 };
  return isColoured ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;
}

/** A line that the launcher coloured for its own terminal, as this one wants it. */
export function fromElsewhere(line: string): string {
  return isColoured ? line : stripVTControlCharacters(line);
}

/** One line of progress. */
export function say(line: string): void {
  console.log(line);
}

/** The lines `✔ …`, `✘ …` and `! …`. */
export const good = (text: string): string => `${paint('green', '✔')} ${text}`;
export const bad = (text: string): string => `${paint('red', '✘')} ${text}`;
export const warning = (text: string): string => `${paint('yellow', '!')} ${text}`;

/** Rows of label and text in a frame; the first row's text stands out. */
export function box(title: string, rows: readonly (readonly [label: string, text: string])[]): string {
  const labelWidth = Math.max(...rows.map(([label]) => label.length));
  const width = Math.max(title.length + 2, ...rows.map(([, text]) => labelWidth + 3 + text.length));
  const body = rows.map(([label, text], index) => {
    const padded = text.padEnd(width - labelWidth - 3);
    return `│ ${label.padEnd(labelWidth)}   ${index === 0 ? paint('bold', padded) : padded} │`;
  });
  return [`┌─ ${title} ${'─'.repeat(width - title.length - 1)}┐`, ...body, `└${'─'.repeat(width + 2)}┘`].join('\n');
}
