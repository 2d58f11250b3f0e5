/** People who stop reading: a second k6 whose process is stopped and continued, as no script can leave a socket unread. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Settings } from '@c2c/loadtest/settings';
import type { Timeline } from '@c2c/loadtest/timeline';
import { say } from '../cluster/terminal.ts';
import { signalQuietly } from '../process/child.ts';
import { waitUntil } from '../process/wait.ts';
import type { K6Run } from './k6-run.ts';

/** Shorter and longer than a heartbeat may be late (10 + 8 s): the first are caught up with, the second are cut and come back. */
const STOPS_MS = [5_000, 25_000];
const PAUSE_MS = 4_000;
/** What the longest stop left behind is read, or replayed, before the ledger is closed. */
const RECOVERY_MS = 8_000;
const SHORTEST_STOP_MS = 1_000;
const CONNECTED_WITHIN_MS = 30_000;

/** Stops and continues `readers` while the others write. It runs when this resolves, whatever happened. */
export async function stopAndContinue(
  readers: K6Run,
  { settings, timeline, signal }: { settings: Settings; timeline: Timeline; signal: AbortSignal },
): Promise<void> {
  const { pid } = readers.child;
  const areIn = async () => ((await readers.metrics()).get('chat_connected')?.count ?? 0) >= settings.slowUsers;
  if (!(await waitUntil(areIn, { timeoutMs: CONNECTED_WITHIN_MS, everyMs: 200, signal }))) return;
  await sleep(timeline.writeFrom - Date.now(), signal);
  for (const wanted of STOPS_MS) {
    await sleep(PAUSE_MS, signal);
    const stop = Math.min(wanted, timeline.writeUntil - RECOVERY_MS - Date.now());
    if (stop < SHORTEST_STOP_MS || readers.child.hasEnded()) return;
    say(`  ${settings.slowUsers} members stop reading for ${Math.round(stop / 1_000)} s`);
    try {
      signalQuietly(pid, 'SIGSTOP');
      await sleep(stop, signal);
    } finally {
      signalQuietly(pid, 'SIGCONT');
    }
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<unknown> {
  return delay(Math.max(0, ms), undefined, { signal });
}
