/** One run from the first connection to the report: k6, its progress, those who stop reading, what was found. */
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readSettings, type Settings } from '@c2c/loadtest/settings';
import { longestRunSeconds, planRun } from '@c2c/loadtest/timeline';
import type { Context } from '../bootstrap/context.ts';
import { bad, good, say, warning } from '../cluster/terminal.ts';
import { tail } from '../process/child.ts';
import { openFileLimit } from '../process/limits.ts';
import { provideK6 } from './k6-program.ts';
import { type K6Run, type Plan, startK6 } from './k6-run.ts';
import { errorsIn, LIMITS_REFUSE, warningsIn } from './k6-words.ts';
import type { LoadOptions } from './options.ts';
import { showProgress } from './progress.ts';
import {
  countOf,
  MACHINE_BUSY,
  type NodeMemory,
  type Outcome,
  sizeOf,
  tableOf,
  verdictOf,
  writeReport,
} from './report.ts';
import { stopAndContinue } from './stopped-readers.ts';
import { memoryBytes, watchUsage } from './usage.ts';

/** Where the load goes; `nodes` are the processes of a cluster of this machine. */
export type Target = { url: string; nodes: readonly { name: string; pid: number }[] };

const STOP_WITHIN_MS = 15_000;
const FILES_BESIDES_SOCKETS = 200;
const LOOK_FOR_PLAN_MS = 200;

/** Answers whether every threshold holds. Rejects where k6 could not do its work at all. */
export async function runLoad(options: LoadOptions, target: Target, context: Context): Promise<boolean> {
  const { root, home, signal } = context;
  const script = scriptOf(options, target);
  const settings = readSettings(script);
  checkFiles(settings);
  const program = await provideK6({ root, home, say, signal });
  if (settings.slowUsers > 0 && program.args.length > 0) {
    throw new Error(`slow-readers stops and continues k6 itself: install it (${program.source} is not enough)`);
  }
  const folder = resolve(options.out ?? join(home, 'load', settings.scenario));
  const base = { program, root, folder, script, remoteWrite: options.remoteWrite };
  say(good(`k6 ${program.version} (${program.source})`));
  say(`${settings.scenario}: ${settings.says}`);
  say(`  ${sizeOf(settings)} on ${target.url}`);

  const before = target.nodes.map(({ pid }) => memoryBytes(pid));
  const crowd = await startK6({ ...base, part: 'crowd', hasReport: true });
  const usageOf = watchUsage(crowd.child.pid);
  const stopProgress = showProgress(crowd);
  const readersOf = (script: Record<string, string | undefined>) =>
    startK6({ ...base, part: 'readers', hasReport: false, script: { ...base.script, ...script } });
  let readers: K6Run | null = null;
  try {
    readers = settings.slowUsers > 0 ? await runReaders(crowd, { settings, start: readersOf, signal }) : null;
    await ended(crowd, settings, signal);
    if (readers !== null) await ended(readers, settings, signal);
  } finally {
    stopProgress();
    await crowd.child.stop(STOP_WITHIN_MS, 'SIGINT');
  }
  const nodes: NodeMemory[] = target.nodes.map(({ name, pid }, index) => ({
    name,
    before: before[index] ?? 0,
    after: memoryBytes(pid),
  }));
  const outcome: Outcome = {
    ...{ settings, nodes, usage: usageOf(), k6: program.version },
    crowd: summaryOf(crowd),
    readers: readers === null ? null : summaryOf(readers),
  };
  return tell(outcome, folder, crowd);
}

/** What the script is told; see `loadtest/src/settings.ts`. */
function scriptOf(options: LoadOptions, { url }: Target): Record<string, string | undefined> {
  const text = (value: number | undefined) => (value === undefined ? undefined : String(value));
  return {
    SCENARIO: options.scenario,
    URL: url,
    USERS: text(options.users),
    RATE: text(options.rate),
    DURATION: text(options.seconds),
    DOOR: options.door,
    RUN_ID: Date.now().toString(36).slice(-6),
  };
}

function checkFiles({ users }: Settings): void {
  const limit = openFileLimit();
  if (users + FILES_BESIDES_SOCKETS <= limit) return;
  throw new Error(
    `${users} users need more open files than the ${limit} allowed here; raise the hard limit (ulimit -Hn)`,
  );
}

/** Starts the second k6 on the rooms of the first, and stops and continues it. */
async function runReaders(
  crowd: K6Run,
  how: { settings: Settings; start(script: Record<string, string>): Promise<K6Run>; signal: AbortSignal },
): Promise<K6Run | null> {
  const { settings, start, signal } = how;
  const plan = await planOf(crowd, signal);
  if (plan === null) return null;
  const timeline = planRun(settings, plan.startAt);
  const seconds = Math.max(1, Math.round((timeline.writeUntil - Date.now()) / 1_000));
  const readers = await start({ PART: 'slow', ROOM_IDS: plan.roomIds.join(','), DURATION: String(seconds) });
  try {
    await stopAndContinue(readers, { settings, timeline, signal });
    return readers;
  } catch (error) {
    await readers.child.stop();
    throw error;
  }
}

async function planOf(crowd: K6Run, signal: AbortSignal): Promise<Plan | null> {
  while (!crowd.child.hasEnded()) {
    const plan = await crowd.plan();
    if (plan !== null) return plan;
    await delay(LOOK_FOR_PLAN_MS, undefined, { signal });
  }
  return null;
}

/** Waits for the end of k6, which ends by itself; the time is for one that does not. */
async function ended({ child }: K6Run, settings: Settings, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout((longestRunSeconds(settings) + 180) * 1_000);
  const stop = () => void child.stop(STOP_WITHIN_MS, 'SIGINT');
  const either = AbortSignal.any([signal, limit]);
  either.addEventListener('abort', stop, { once: true });
  if (either.aborted) stop();
  await child.exited;
  either.removeEventListener('abort', stop);
  signal.throwIfAborted();
}

function summaryOf({ logFile, ...run }: K6Run) {
  const summary = run.summary();
  const errors = errorsIn(logFile).filter((line) => !line.startsWith('thresholds on metrics'));
  const words = errors.join('\n  ') || tail(logFile);
  if (LIMITS_REFUSE.test(words)) throw new Error(`${words}\n  ${LIMITS_ADVICE}`);
  if (summary === null || summary.metrics.chat_connected === undefined)
    throw new Error(`k6 could not run:\n  ${words}`);
  return summary;
}

const LIMITS_ADVICE =
  'Its limits refuse this machine: TRUSTED_LOAD_ADDRESSES of the nodes and of nginx must hold the address the load comes from';

function tell(outcome: Outcome, folder: string, crowd: K6Run): boolean {
  const { isWell, lines, isMachineBusy } = verdictOf(outcome);
  writeReport(outcome, { json: join(folder, 'summary.json'), html: crowd.reportFile });
  for (const line of tableOf(outcome)) say(line);
  for (const line of warningsIn(crowd.logFile)) say(warning(`k6 says: ${line}`));
  for (const line of lines) say((isWell ? good : bad)(line));
  if (isMachineBusy) say(warning(MACHINE_BUSY));
  if (countOf(outcome.crowd, 'chat_limited') > 0) say(warning(LIMITS_ADVICE));
  say(`  report: ${crowd.reportFile}   ${join(folder, 'summary.json')}`);
  return isWell;
}
