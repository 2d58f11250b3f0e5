/** A program that runs in a process group of its own, so that Ctrl-C in the terminal reaches it only through us, in our order. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { waitUntil } from './wait.ts';

/** How a process ended. */
export type Exit = { code: number | null; signal: NodeJS.Signals | null };

/** A running process. `stop` resolves once it is gone; it may be called any number of times. */
export type Child = {
  pid: number;
  exited: Promise<Exit>;
  hasEnded(): boolean;
  /** SIGTERM (or `signal`), then SIGKILL to the whole group after `graceMs` (default 10 s). */
  stop(graceMs?: number, signal?: NodeJS.Signals): Promise<void>;
};

/** What to run. Output goes to the end of `logFile`; `env` is the whole environment; `uid` and `gid` need root. */
export type ChildOptions = {
  file: string;
  args: readonly string[];
  logFile: string;
  env?: NodeJS.ProcessEnv | undefined;
  cwd?: string | undefined;
  uid?: number | undefined;
  gid?: number | undefined;
  /** Told at once, long before the program is ready: whoever must be able to end it later writes it down. */
  onSpawn?: ((pid: number) => void) | undefined;
};

/** How a start-up is told and how long it may take. `graceMs` is for ending what did not come up. */
export type StartUp = {
  name: string;
  logFile: string;
  timeoutMs: number;
  graceMs?: number;
  signal?: AbortSignal | undefined;
};

const running = new Set<number>();

/** Starts a program. Rejects when it cannot be executed at all. */
export async function startChild(options: ChildOptions): Promise<Child> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const { file, args, env = process.env, cwd, uid, gid } = options;
  const owner = uid === undefined || gid === undefined ? {} : { uid, gid };
  const child = spawn(file, args, { env, cwd, detached: true, stdio: ['ignore', log, log], ...owner });
  closeSync(log);
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      running.delete(child.pid ?? -1);
      // what its own children still hold (nginx's workers the port) must be free before it is started again
      signalQuietly(-(child.pid ?? 0), 'SIGKILL');
      resolve({ code, signal });
    });
  });
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const pid = child.pid ?? -1;
  running.add(pid);
  options.onSpawn?.(pid);
  if (child.exitCode !== null || child.signalCode !== null) running.delete(pid);
  const hasEnded = () => !running.has(pid);
  const stop = async (graceMs = 10_000, signal: NodeJS.Signals = 'SIGTERM') => {
    signalQuietly(pid, signal);
    const killer = setTimeout(() => signalQuietly(-pid, 'SIGKILL'), graceMs);
    await exited;
    clearTimeout(killer);
  };
  return { pid, exited, hasEnded, stop };
}

/** Sends a signal; a process that is gone, or is not ours, is no error. */
export function signalQuietly(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** The last lines of a log, to show why something did not start. */
export function tail(logFile: string, lines = 8): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}

/** An unforeseen end of this process must not leave children behind. Nothing to do after an orderly one. */
process.once('exit', () => {
  for (const pid of running) signalQuietly(-pid, 'SIGKILL');
});

/** Waits until a fresh child is up; ends it and rejects with what `name` last wrote when it dies, never is, or is not wanted any more. */
export async function untilUp(child: Child, probe: () => Promise<boolean>, start: StartUp): Promise<void> {
  const { name, logFile, timeoutMs, graceMs = 5000, signal } = start;
  try {
    const isDecided = await waitUntil(async () => child.hasEnded() || (await probe()), { timeoutMs, signal });
    if (child.hasEnded()) throw new Error(`${name} did not start:\n${tail(logFile)}`);
    if (!isDecided) throw new Error(`${name} did not become ready within ${timeoutMs / 1000} s:\n${tail(logFile)}`);
  } catch (error) {
    await child.stop(graceMs);
    throw error;
  }
}
