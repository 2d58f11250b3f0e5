/** `npm start`: brings the cluster up, proves that it works, keeps it running, and takes it down again. */
import { rmSync } from 'node:fs';
import type { Context } from '../bootstrap/context.ts';
import { parseStart, UsageError } from '../bootstrap/options.mjs';
import { bringUp } from '../cluster/bring-up.ts';
import { type ControlHandler, controlPath, listenForControl } from '../cluster/control.ts';
import { createLedger, type Ledger } from '../cluster/ledger.ts';
import { stopLeftovers } from '../cluster/leftovers.ts';
import type { Site } from '../cluster/parts.ts';
import { checkPort } from '../cluster/port-check.ts';
import { becomeLauncher, type ClusterState, partsOf, readState, resignLauncher } from '../cluster/state.ts';
import { createSupervisor } from '../cluster/supervisor.ts';
import { bad, good, say } from '../cluster/terminal.ts';

/** Runs until it is told to stop. Answers the exit code. */
export function run(args: string[], context: Context): Promise<number> {
  return launch(args, context, bringUp);
}

/** Brings up what `bring` starts, keeps it running until it is told to stop, and takes it down again. Answers the exit code. */
export async function launch(args: string[], context: Context, bring: typeof bringUp): Promise<number> {
  const options = parseStart(args);
  if (options === 'help') throw new UsageError('--help is answered earlier');
  const { home, root } = context;
  if (!becomeLauncher(home)) return tellRunning(home, args);

  const stopper = new AbortController();
  let isAskedToStop = false;
  const stop = () => {
    isAskedToStop = true;
    stopper.abort(new Error('asked to stop'));
  };
  context.signal.addEventListener('abort', stop, { once: true });
  if (context.signal.aborted) stop();
  const { signal } = stopper;

  const supervisor = createSupervisor(signal);
  const control = controlPath(home);
  let server: { close(): void } | null = null;
  let ledger: Ledger | null = null;
  try {
    await stopLeftovers(home, say);
    await checkPort(options);
    ledger = createLedger(home, { url: `http://localhost:${options.port}`, control });
    const site: Site = { root, home, options, supervisor, ledger, signal };
    await bring(site, () => stopper.abort(new Error('another part failed')));
    server = await listenForControl(control, controlHandler(site, stop));
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return 0;
  } catch (error) {
    if (isAskedToStop) return 130;
    say(bad(error instanceof Error ? error.message : String(error)));
    return 1;
  } finally {
    stopper.abort(new Error('over'));
    server?.close();
    await takeDown(supervisor, ledger);
    rmSync(control, { force: true });
    resignLauncher(home);
  }
}

function controlHandler({ supervisor, ledger }: Site, stop: () => void): ControlHandler {
  let isBusy = false;
  const restart = async (name: string, tell: (line: string) => void) => {
    const begin = performance.now();
    tell(`${name}: SIGTERM, waiting for its connections to move on`);
    await supervisor.restart(name);
    tell(good(`${name} is ready again after ${((performance.now() - begin) / 1000).toFixed(1)} s`));
  };
  return async (request, tell) => {
    if (request.do === 'stop') return stop();
    if (isBusy) throw new Error('another restart is under way');
    isBusy = true;
    try {
      const all = ledger.state().nodes.map(({ name }) => name);
      const names = request.do === 'restart-node' ? all.filter((name) => name === request.node) : all;
      if (names.length === 0) throw new Error(`there is no such node; there are ${all.join(', ')}`);
      for (const name of names) await restart(name, tell);
    } finally {
      isBusy = false;
    }
  };
}

async function takeDown(supervisor: { close(): Promise<void> }, ledger: Ledger | null): Promise<void> {
  const hasParts = ledger !== null && partsOf(ledger.state()).some(({ pid }) => pid !== null);
  if (hasParts) say('Stopping');
  ledger?.update({ state: 'stopping' });
  await supervisor.close();
  ledger?.clear();
  if (hasParts) say('Everything that was started is stopped');
}

/** A second start finds the first. */
function tellRunning(home: string, args: string[]): number {
  const state = readState(home);
  if (state?.state === 'running')
    say(good(`C2C is already running: ${state.url} (stop it with Ctrl-C there, or npm run cluster -- stop)`));
  else say(`C2C is being started or stopped by another npm start (process ${state?.launcher.pid ?? 'unknown'})`);
  const flags = args.join(' ');
  if (isOther(args, state))
    say(`  ${flags} had no effect; for that: npm run cluster -- stop, then npm start -- ${flags}`);
  return 0;
}

/** Whether the arguments ask for something else than what runs. On which address it listens is not noted, so `--host` counts. */
function isOther(args: string[], state: ClusterState | null): boolean {
  if (state?.state !== 'running' || state.nginx === null) return args.length > 0;
  const [nodes, port] = [state.nodes.length, state.nginx.port];
  const options = parseStart(['--nodes', String(nodes), '--port', String(port), ...args]);
  return (
    options !== 'help' &&
    (options.nodes !== nodes ||
      options.port !== port ||
      options.host !== undefined ||
      (options.observe && state.observers === undefined))
  );
}
