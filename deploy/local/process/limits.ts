/** What the machine allows one process. */
import { outputOf } from '../services/program.ts';

const CEILING = 1_048_576;

/** Open files a process of this user may have (the hard limit, which Node and nginx raise themselves to). */
export function openFileLimit(): number {
  const limit = Number(outputOf('/bin/sh', ['-c', 'ulimit -Hn'])?.trim());
  return Number.isInteger(limit) ? Math.min(limit, CEILING) : CEILING;
}
