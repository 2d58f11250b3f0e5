/** Where background work and defects are reported: counted each time, logged as often as a person can read. */
import { ChatError } from '../service/chat-error.ts';
import type { Failures } from '../service/ports.ts';
import type { Logger } from './logger.ts';

/** What failures need. `nowMs` never goes back; the defaults suit production. */
export type FailuresDeps = {
  logger: Pick<Logger, 'error' | 'warn'>;
  /** Counts one failure of this stage. */
  count(stage: string): void;
  nowMs?: () => number;
  /** Identical lines in one window: the first few are logged, the rest counted. */
  linesPerWindow?: number;
  windowMs?: number;
};

type Window = { startedMs: number; lines: number; suppressed: number };
const MOST_WINDOWS = 500;

/**
 * Failures that log at most `linesPerWindow` (5) identical lines in `windowMs` (10 s); the next line says how many were left
 * out. A service that is away is no defect of ours: a warning, one line in that time for each stage.
 */
export function createFailures(deps: FailuresDeps): Failures {
  const { linesPerWindow = 5, windowMs = 10_000, nowMs = () => performance.now() } = deps;
  const windows = new Map<string, Window>();

  function enter(key: string, mostLines: number): { isLogged: boolean; suppressed: number } {
    const now = nowMs();
    const open = windows.get(key);
    if (open === undefined || now - open.startedMs >= windowMs) {
      windows.delete(key);
      if (windows.size >= MOST_WINDOWS) windows.delete(windows.keys().next().value ?? key);
      windows.set(key, { startedMs: now, lines: 1, suppressed: 0 });
      return { isLogged: true, suppressed: open?.suppressed ?? 0 };
    }
    open.lines++;
    if (open.lines <= mostLines) return { isLogged: true, suppressed: 0 };
    open.suppressed++;
    return { isLogged: false, suppressed: 0 };
  }

  return {
    report: (stage, error) => {
      deps.count(stage);
      const isAway = isServiceAway(error);
      const { isLogged, suppressed } = enter(`${stage} ${describe(error)}`, isAway ? 1 : linesPerWindow);
      if (!isLogged) return;
      const traceId = error instanceof Error && 'traceId' in error ? { traceId: error.traceId } : {};
      const line = { stage, ...traceId, ...(suppressed > 0 ? { suppressed } : {}), err: error };
      if (isAway) deps.logger.warn(line, `${stage} waits for a service that is away`);
      else deps.logger.error(line, `${stage} failed`);
    },
  };
}

/** What a connection says when nobody is there, or nobody any more. */
const UNREACHABLE = new Set<unknown>(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT']);

function isServiceAway(error: unknown): boolean {
  if (error instanceof ChatError) return error.code === 'SERVICE_UNAVAILABLE';
  return error instanceof Error && 'code' in error && UNREACHABLE.has(error.code);
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name} ${error.message}`.slice(0, 200) : typeof error;
}
