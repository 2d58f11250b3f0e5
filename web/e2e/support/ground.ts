/** Where the tests stand: the clone, the folder for what is fetched and kept, and the voice of whoever prepares. */
import { join } from 'node:path';

/** The clone. */
export const ROOT = join(import.meta.dirname, '../../..');

/** What the launcher keeps: programs it fetched, logs of builds. */
export const HOME = join(ROOT, '.c2c');

/** One line of progress. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
