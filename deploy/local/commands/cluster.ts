/** `npm run cluster`: what runs, and stopping or restarting it from another terminal. */
import type { Context } from '../bootstrap/context.ts';
import { UsageError } from '../bootstrap/options.mjs';
import { askLauncher, type ControlRequest } from '../cluster/control.ts';
import { type ClusterState, type PartState, partsOf, runningCluster } from '../cluster/state.ts';
import { bad, fromElsewhere, good, say } from '../cluster/terminal.ts';
import { isAlive } from '../process/identity.ts';
import { waitUntil } from '../process/wait.ts';
import { isReady } from '../services/node.ts';
import { withoutPassword } from '../services/redis-inspection.ts';

const HELP = `Looks at the cluster that npm start runs, or changes it.

  npm run cluster -- status              every part: process, address, health
  npm run cluster -- stop                as Ctrl-C where it was started
  npm run cluster -- restart-node <n2>   SIGTERM, wait for its end, start, wait until ready
  npm run cluster -- rolling-restart     the same for all nodes, one after the other`;

/** Answers the exit code: 1 where nothing runs or the launcher refuses. */
export async function run(args: string[], context: Context): Promise<number> {
  const [verb = 'status', node] = args;
  if (verb === '--help' || verb === '-h' || verb === 'help') {
    say(HELP);
    return 0;
  }
  const request = requestOf(verb, node);
  const state = runningCluster(context.home);
  if (state === null) {
    say(bad('no cluster is running here; npm start starts one'));
    return 1;
  }
  if (request === 'status') return status(state);
  await askLauncher(state.control, request, (line) => say(fromElsewhere(line)));
  if (request.do === 'stop') await waitForEnd(state, context);
  return 0;
}

function requestOf(verb: string, node: string | undefined): ControlRequest | 'status' {
  if (verb === 'status') return 'status';
  if (verb === 'stop' || verb === 'rolling-restart') return { do: verb };
  if (verb === 'restart-node' && node !== undefined) return { do: verb, node };
  if (verb === 'restart-node') throw new UsageError('restart-node needs the name of a node, such as n2');
  throw new UsageError(`there is no ${verb}`);
}

async function status(state: ClusterState): Promise<number> {
  say(`${state.url}   ${state.state} since ${state.startedAt}   launcher: process ${state.launcher.pid}`);
  const lines = await Promise.all(partsOf(state).map(async (part) => ({ part, isFine: await isFine(part) })));
  const width = Math.max(9, ...lines.map(({ part }) => part.name.length));
  for (const { part, isFine: fine } of lines) say((fine ? good : bad)(describe(part, width)));
  return lines.every((line) => line.isFine) ? 0 : 1;
}

async function isFine({ name, pid, identity, url }: PartState): Promise<boolean> {
  if (pid === null || identity === null) return identity === null && pid === null && !/^n/.test(name);
  return isAlive({ pid, identity }) && (!/^n\d/.test(name) || (await isReady(url)));
}

function describe({ name, pid, url, source }: PartState, width: number): string {
  return `${name.padEnd(width)} process ${String(pid ?? '–').padEnd(8)} ${withoutPassword(url).padEnd(32)} ${source}`;
}

async function waitForEnd({ launcher }: ClusterState, { signal }: Context): Promise<void> {
  const isGone = await waitUntil(async () => !isAlive(launcher), { timeoutMs: 60_000, signal });
  if (!isGone) throw new Error(`the launcher (process ${launcher.pid}) has not ended within 60 s`);
  say(good('C2C is stopped'));
}
