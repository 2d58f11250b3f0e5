/** A cluster for one run where none runs here: brought up as `npm start` does, taken down afterwards. */
import type { Context } from '../bootstrap/context.ts';
import { bringUp } from '../cluster/bring-up.ts';
import { type ClusterState, runningCluster } from '../cluster/state.ts';
import { say } from '../cluster/terminal.ts';
import { launch } from '../commands/start.ts';
import { findFreePort } from '../process/ports.ts';
import { waitUntil } from '../process/wait.ts';

const FIRST_PORT = 8080;
/** A fresh clone builds the server and the page first. */
const START_WITHIN_MS = 600_000;

/** Runs `use` on the cluster of this machine, one that is started for it if need be. */
export async function onLocalCluster<T>(context: Context, use: (cluster: ClusterState) => Promise<T>): Promise<T> {
  const running = runningCluster(context.home);
  if (running?.state === 'running') return use(running);
  if (running !== null)
    throw new Error('the cluster of this machine is being started or stopped; try again in a moment');
  say('No cluster runs here: starting one for this run (npm start keeps one running)');
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  const port = await findFreePort(FIRST_PORT);
  let isOver = false;
  const ended = launch(['--port', String(port)], { ...context, signal }, bringUp).finally(() => {
    isOver = true;
  });
  try {
    const isUp = async () => isOver || runningCluster(context.home)?.state === 'running';
    await waitUntil(isUp, { timeoutMs: START_WITHIN_MS, everyMs: 100, signal });
    const cluster = runningCluster(context.home);
    if (cluster === null) throw new Error('the cluster did not start');
    return await use(cluster);
  } finally {
    over.abort(new Error('the run is over'));
    await ended;
  }
}
