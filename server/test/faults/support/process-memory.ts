/** What a node holds in memory, and what the kernel holds for it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const MB = 1024 * 1024;

/** Resident memory of a process, MB. */
export function residentMb(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}

/** What waits in the kernel's send buffers of the connections to this local port, MB; null where `ss` is not installed. */
export function kernelSendMb(port: number): number | null {
  const { status, stdout } = spawnSync('ss', ['-Htn', 'state', 'established', `( sport = :${port} )`], {
    encoding: 'utf8',
  });
  if (status !== 0) return null;
  const bytes = stdout.split('\n').reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[1] ?? 0), 0);
  return Math.round((bytes / MB) * 10) / 10;
}

/** Looks every 250 ms until stopped; answers the largest of what it saw. */
export function watchPeak(look: () => number): { stop(): number } {
  let peak = look();
  const timer = setInterval(() => {
    peak = Math.max(peak, look());
  }, 250);
  return {
    stop() {
      clearInterval(timer);
      return Math.max(peak, look());
    },
  };
}
