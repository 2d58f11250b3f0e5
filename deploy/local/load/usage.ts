/** What processes and the machine use while a load runs: without it nobody knows whose limit a figure shows. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { outputOf } from '../services/program.ts';

/** Processors in use by one process, on average and over the busiest second; its most memory; how busy the whole machine was (0–1). */
export type Usage = { processors: number; mostProcessors: number; memoryBytes: number; machineBusy: number };

/** `sysconf(_SC_CLK_TCK)` is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const SAMPLE_EVERY_MS = 1_000;

/** Watches a process until told to stop, which answers what it used. */
export function watchUsage(pid: number): () => Usage {
  const begin = { at: performance.now(), machine: machineTimes() };
  let last = { at: begin.at, seconds: 0 };
  let usage = { mostProcessors: 0, memoryBytes: 0 };
  const look = () => {
    const seconds = cpuSeconds(pid);
    if (seconds === null) return;
    const at = performance.now();
    const processors = ((seconds - last.seconds) * 1_000) / Math.max(1, at - last.at);
    usage = {
      mostProcessors: Math.max(usage.mostProcessors, processors),
      memoryBytes: Math.max(usage.memoryBytes, memoryBytes(pid)),
    };
    last = { at, seconds };
  };
  const timer = setInterval(look, SAMPLE_EVERY_MS);
  return () => {
    clearInterval(timer);
    const end = machineTimes();
    const all = end.all - begin.machine.all;
    return {
      ...usage,
      processors: (last.seconds * 1_000) / Math.max(1, last.at - begin.at),
      machineBusy: all > 0 ? (end.busy - begin.machine.busy) / all : 0,
    };
  };
}

/** How many processors there are. */
export const PROCESSORS = availableParallelism();

/** Resident memory of a process in bytes; 0 where it is gone. */
export function memoryBytes(pid: number): number {
  if (process.platform !== 'linux') return Number(outputOf('ps', ['-o', 'rss=', '-p', String(pid)]) ?? 0) * 1_024;
  return Number(/VmRSS:\s+(\d+) kB/.exec(readText(`/proc/${pid}/status`))?.[1] ?? 0) * 1_024;
}

/** User and system time so far; null where the process is gone. */
function cpuSeconds(pid: number): number | null {
  if (process.platform !== 'linux') return secondsOf(outputOf('ps', ['-o', 'time=', '-p', String(pid)]));
  const stat = readText(`/proc/${pid}/stat`);
  // the name in the brackets may hold anything; after it come state (1st), user and system time (12th and 13th)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stat === '' ? null : (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** `12:34.56` or `1:02:03` as seconds. */
function secondsOf(text: string | null): number | null {
  if (text === null || text.trim() === '') return null;
  return text
    .trim()
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);
}

function machineTimes(): { busy: number; all: number } {
  const times = cpus().map(({ times: { user, nice, sys, irq, idle } }) => ({ busy: user + nice + sys + irq, idle }));
  const busy = times.reduce((sum, each) => sum + each.busy, 0);
  return { busy, all: busy + times.reduce((sum, { idle }) => sum + idle, 0) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
