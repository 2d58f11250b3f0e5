/** Where background work and defects are reported: counted each time, logged as often as a person can read. */
import type { Failures } from '../service/ports.ts';
import type { Logger } from './logger.ts';

/** What failures need. `nowMs` never goes back; the defaults suit production. */
export type FailuresDeps = {
  logger: Pick<Logger, 'error'>;
  /** Counts one failure of this stage. */
  count(stage: string): void;
  nowMs?: () => number;
  /** Identical lines in one window: the first few are logged, the rest counted. */
  linesPerWindow?: number;
  windowMs?: number;
};

type Window = { startedMs: number; lines: number; suppressed: number };
const MOST_WINDOWS = 500;

/** Failures that log at most `linesPerWindow` (5) identical lines in `windowMs` (10 s); the next line says how many were left out. */
export function createFailures(deps: FailuresDeps): Failures {
  const { linesPerWindow = 5, windowMs = 10_000, nowMs = () => performance.now() } = deps;
  const windows = new Map<string, Window>();

  function enter(key: string): { isLogged: boolean; suppressed: number } {
    const now = nowMs();
    const open = windows.get(key);
    if (open === undefined || now - open.startedMs >= windowMs) {
      windows.delete(key);
      if (windows.size >= MOST_WINDOWS) windows.delete(windows.keys().next().value ?? key);
      windows.set(key, { startedMs: now, lines: 1, suppressed: 0 });
      return { isLogged: true, suppressed: open?.suppressed ?? 0 };
    }
    open.lines++;
    if (open.lines <= linesPerWindow) return { isLogged: true, suppressed: 0 };
    open.suppressed++;
    return { isLogged: false, suppressed: 0 };
  }

  return {
    report: (stage, error) => {
      deps.count(stage);
      const { isLogged, suppressed } = enter(`${stage} ${describe(error)}`);
      if (!isLogged) return;
      const traceId = error instanceof Error && 'traceId' in error ? { traceId: error.traceId } : {};
      deps.logger.error(
        { stage, ...traceId, ...(suppressed > 0 ? { suppressed } : {}), err: error },
        `${stage} failed`,
      );
    },
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name} ${error.message}`.slice(0, 200) : typeof error;
}
