/** Where the tests stand: the clone, the folder for what is fetched and kept, free ports, and the voice of whoever prepares. */
import { join } from 'node:path';
import { findFreePort } from '../../../deploy/local/process/ports.ts';

/** The clone. */
export const ROOT = join(import.meta.dirname, '../../..');

/** What the launcher keeps: programs it fetched, logs of builds. */
export const HOME = join(ROOT, '.c2c');

/** Only below 32768: above, nginx's own connections take ports that a node may want back. */
const PORTS = { first: 12_000, perProcess: 40, processes: 450 };

const taken = new Set<number>();

/** One that no other process of tests looks for at the same time. */
export async function freePort(): Promise<number> {
  const port = await findFreePort(PORTS.first + (process.pid % PORTS.processes) * PORTS.perProcess, taken);
  taken.add(port);
  return port;
}

/** One line of progress. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
