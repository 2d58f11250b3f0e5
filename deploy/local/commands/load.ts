/** `npm run load`: drives a cluster with k6, and says whether it kept its promise. */
import { join } from 'node:path';
import type { Context } from '../bootstrap/context.ts';
import { good, say } from '../cluster/terminal.ts';
import { LOAD_HELP, type LoadOptions, parseLoad } from '../load/options.ts';
import { onLocalCluster } from '../load/own-cluster.ts';
import { writeResults } from '../load/results.ts';
import { runLoad } from '../load/run-load.ts';

/** Exit code 1 where a threshold does not hold. */
export async function run(args: string[], context: Context): Promise<number> {
  const command = parseLoad(args);
  if (command.verb === 'help') {
    say(LOAD_HELP);
    return 0;
  }
  if (command.verb === 'results') {
    const page = join(context.root, 'loadtest/RESULTS.md');
    const written = writeResults(join(context.home, 'load'), page);
    say(good(`${page}: ${written.join(', ')}`));
    return 0;
  }
  return (await drive(command, context)) ? 0 : 1;
}

function drive(options: LoadOptions, context: Context): Promise<boolean> {
  if (options.url !== undefined) return runLoad(options, { url: options.url, nodes: [] }, context);
  return onLocalCluster(context, ({ url, nodes, observers = [] }) => {
    const processes = nodes.flatMap(({ name, pid }) => (pid === null ? [] : [{ name, pid }]));
    const prometheus = observers.find(({ name }) => name === 'prometheus');
    const remoteWrite = options.remoteWrite ?? (prometheus && `${prometheus.url}/api/v1/write`);
    return runLoad({ ...options, remoteWrite }, { url, nodes: processes }, context);
  });
}
