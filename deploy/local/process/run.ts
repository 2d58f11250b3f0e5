/** A command that does one thing and ends: its output in a log, its end awaited, stoppable by an AbortSignal. */
import { type ChildOptions, startChild } from './child.ts';

/** `onAbort` is the signal it gets when the work is not wanted any more (it then has `graceMs`); `still` is told every 10 s. */
export type RunOptions = ChildOptions & {
  signal?: AbortSignal | undefined;
  onAbort?: NodeJS.Signals;
  graceMs?: number;
  still?: (seconds: number) => void;
};

/** Runs it to its end and answers whether it succeeded. Rejects with the signal's reason when aborted, once it is gone. */
export async function runToEnd(options: RunOptions): Promise<boolean> {
  const { signal, onAbort = 'SIGTERM', graceMs = 10_000, still } = options;
  signal?.throwIfAborted();
  const child = await startChild(options).catch(() => null);
  if (child === null) return false;
  const abort = () => void child.stop(graceMs, onAbort);
  signal?.addEventListener('abort', abort, { once: true });
  let seconds = 0;
  const reminder = setInterval(() => {
    seconds += 10;
    still?.(seconds);
  }, 10_000);
  try {
    const { code } = await child.exited;
    signal?.throwIfAborted();
    return code === 0;
  } finally {
    clearInterval(reminder);
    signal?.removeEventListener('abort', abort);
  }
}
