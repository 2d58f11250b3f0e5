/** Whether this node can do its work: named checks, run together, each with a deadline. */

/** One thing that must hold. Rejects or throws where it does not; the message is shown to operators. */
export type HealthCheck = { name: string; check(): Promise<void> | void };

/** How one check went. */
export type CheckReport = { name: string; ok: boolean; tookMs: number; reason?: string };

export type HealthReport = { ok: boolean; checks: CheckReport[] };

/** Readiness of this node. */
export interface Health {
  /** Never rejects; settles within the deadline. Calls that come while one runs share its answer. */
  report(): Promise<HealthReport>;
  /** The newest report that there is, while the next one is made: for those who look often and must not wait. */
  latest(): Promise<HealthReport>;
}

/** Health that asks every check each time; one that has not answered after `deadlineMs` (1 s) counts as failed. */
export function createHealth(deps: { checks: readonly HealthCheck[]; deadlineMs?: number }): Health {
  const deadlineMs = deps.deadlineMs ?? 1_000;
  let running: Promise<HealthReport> | null = null;
  let last: HealthReport | null = null;

  async function runAll(): Promise<HealthReport> {
    const checks = await Promise.all(deps.checks.map((check) => runCheck(check, deadlineMs)));
    running = null;
    last = { ok: checks.every((check) => check.ok), checks };
    return last;
  }

  function report(): Promise<HealthReport> {
    running ??= runAll();
    return running;
  }

  return {
    report,
    async latest() {
      const known = last;
      const next = report();
      return known ?? next;
    },
  };
}

async function runCheck({ name, check }: HealthCheck, deadlineMs: number): Promise<CheckReport> {
  const startedMs = performance.now();
  const tookMs = () => Math.round(performance.now() - startedMs);
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    await Promise.race([(async () => check())(), deadline]);
    return { name, ok: true, tookMs: tookMs() };
  } catch (error) {
    return { name, ok: false, tookMs: tookMs(), reason: error instanceof Error ? error.message : 'failed' };
  } finally {
    clearTimeout(timer);
  }
}
