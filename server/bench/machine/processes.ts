/** What the operating system says of a process: CPU time and memory, from /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** `sysconf(_SC_CLK_TCK)` is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const UTIME = 11;
const NANO = 1e-9;

/** User and system time of a process and its threads, in seconds: to the nanosecond where the kernel keeps that, else to 10 ms. */
export function cpuSeconds(pid: number): number {
  return scheduledSeconds(pid) ?? tickedSeconds(pid);
}

/** A thread that ends meanwhile takes its time along; servers do not end threads. */
function scheduledSeconds(pid: number): number | null {
  let total = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [ns] = readOrEmpty(`/proc/${pid}/task/${thread}/schedstat`).split(' ');
    total += Number(ns ?? 0) * NANO;
  }
  return total > 0 ? total : null;
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function tickedSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name in the brackets may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME]) + Number(fields[UTIME + 1])) / TICKS_PER_SECOND;
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return Number(line?.[1] ?? 0) * 1024;
}
