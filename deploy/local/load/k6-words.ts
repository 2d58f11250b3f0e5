/** What k6 wrote into its log, without its dress. */
import { existsSync, readFileSync } from 'node:fs';

const MOST_LINES = 8;

/** The words of the script when the limits of the cluster are in the way. */
export const LIMITS_REFUSE = /RATE_LIMITED|answered 429/;

/** Distinct errors, each without its stack, in the order of their first. */
export function errorsIn(logFile: string): string[] {
  return [...wordsIn(logFile, 'error').keys()];
}

/** Distinct warnings with how often each came. */
export function warningsIn(logFile: string): string[] {
  return [...wordsIn(logFile, 'warning')].map(([text, times]) => (times > 1 ? `${text} (${times} times)` : text));
}

function wordsIn(logFile: string, level: string): Map<string, number> {
  const log = existsSync(logFile) ? readFileSync(logFile, 'utf8') : '';
  const found = new Map<string, number>();
  for (const [, text = ''] of log.matchAll(new RegExp(`level=${level} msg="((?:[^"\\\\]|\\\\.)*)"`, 'g'))) {
    const line = (text.split('\\n')[0] ?? '').replaceAll('\\"', '"').replace(/^Error: /, '');
    found.set(line, (found.get(line) ?? 0) + 1);
  }
  return new Map([...found].slice(0, MOST_LINES));
}
