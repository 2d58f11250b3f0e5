/** Ends what a launcher that was killed has left behind, so that ports and data are free. */
import { signalQuietly } from '../process/child.ts';
import { isAlive } from '../process/identity.ts';
import { waitUntil } from '../process/wait.ts';
import { leftovers, readState, removeState } from './state.ts';

const GRACE_MS = 25_000;

/** Stops the processes that `cluster.json` names and that are still those; never one that only has the same number. */
export async function stopLeftovers(home: string, say: (line: string) => void): Promise<void> {
  const state = readState(home);
  if (state === null) return;
  const found = leftovers(state);
  if (found.length > 0) say(`Stopping what an earlier start left behind: ${found.map(({ name }) => name).join(', ')}`);
  for (const { name, mark } of found) {
    signalQuietly(mark.pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
    const isGone = await waitUntil(async () => !isAlive(mark), { timeoutMs: GRACE_MS });
    if (!isGone) signalQuietly(-mark.pid, 'SIGKILL');
  }
  removeState(home);
}
