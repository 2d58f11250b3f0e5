/** Whether a process number still means the process it meant: numbers are given again, a start time is not. */
import { readFileSync } from 'node:fs';
import { outputOf } from '../services/program.ts';

/** Something that is the same for the whole life of a process and of no other; null when there is no such process. */
export function identityOf(pid: number): string | null {
  if (process.platform !== 'linux') return outputOf('ps', ['-o', 'lstart=', '-p', String(pid)])?.trim() || null;
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the name may hold spaces and brackets; after its last bracket come state (1st) and start time (20th)
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : `${bootId()}:${fields[19]}`;
  } catch {
    return null;
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().slice(0, 8);
}

/** A process somebody wrote down earlier. */
export type Mark = { pid: number; identity: string };

/** Whether it still runs. */
export function isAlive({ pid, identity }: Mark): boolean {
  return identityOf(pid) === identity;
}

/** This process, or another one that is known to run now. */
export function markOf(pid: number): Mark {
  return { pid, identity: identityOf(pid) ?? '' };
}
