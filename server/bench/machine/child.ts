/** A measured process: started with an environment of its own, ended by its pid, its words kept for when it fails. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** `program` and `args` to run; `env` goes on top of PATH alone. Output goes to `logFile`. */
export type ChildOptions = {
  program: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  logFile: string;
};

/** A running process. */
export interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  hasEnded(): boolean;
  log(): string;
  stop(): Promise<void>;
}

const START_MS = 60_000;
const STOP_MS = 3_000;
const undone = new Set<() => void>();

process.once('exit', () => {
  for (const undo of undone) undo();
});

/** Whatever ends the run, nothing it started stays behind: `undo` is called then, unless it was taken back before. */
export function atExit(undo: () => void): () => void {
  undone.add(undo);
  return () => void undone.delete(undo);
}

/** Starts it with an IPC channel. Rejects where the program cannot be executed. */
export async function startChild({ program, args, env = {}, logFile }: ChildOptions): Promise<Child> {
  const output = openSync(logFile, 'a');
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  await once(child, 'spawn');
  child.once(
    'exit',
    atExit(() => child.kill('SIGKILL')),
  );
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid ?? 0,
    process: child,
    hasEnded,
    log: () => readFileSync(logFile, 'utf8').slice(-2_000),
    async stop() {
      if (hasEnded()) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(force);
    },
  };
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Waits until `isUp`; rejects with the child's last words when it ends before. */
export async function untilUp(child: Child, isUp: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (!(await isUp())) {
    if (child.hasEnded() || performance.now() > deadline) throw new Error(`a server did not start:\n${child.log()}`);
    await delay(25);
  }
}

/** Whether somebody listens there. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return isOpen;
}
