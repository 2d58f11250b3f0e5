/** `npm run acceptance`: the system's own check list against a cluster that runs, line by line. */
import { parseArgs } from 'node:util';
import { type Check, Skipped } from '../acceptance/check.ts';
import { CHECKS } from '../acceptance/check-list.ts';
import { createWorld, type World } from '../acceptance/world.ts';
import type { Context } from '../bootstrap/context.ts';
import { UsageError } from '../bootstrap/options.mjs';
import { runningCluster } from '../cluster/state.ts';
import { bad, good, paint, say, warning } from '../cluster/terminal.ts';

const HELP = `Goes through the check list of C2C against a running cluster: REST, Redis, both doors, chat between nodes.

  npm run acceptance -- [options]

  --url <url>        where people find it        (the cluster npm start runs here, else http://localhost:8080)
  --redis <url>      its Redis                   (that cluster's, else REDIS_URL, else redis://127.0.0.1:6379)
  --node <url>       a node itself; give two to see a message go from one to the other

Exit code 1 if a line fails, or if nobody answers. With one node the line that needs two is skipped.`;

const ANSWER_WITHIN_MS = 5000;

/** Answers 0 only when every line holds. */
export async function run(args: string[], { home, signal }: Context): Promise<number> {
  const options = readOptions(args);
  if (options.help === true) {
    say(HELP);
    return 0;
  }
  const cluster = runningCluster(home);
  const url = (options.url ?? cluster?.url ?? 'http://localhost:8080').replace(/\/+$/, '');
  const isOther = cluster === null || nameless(url) !== nameless(cluster.url);
  const redisUrl = options.redis ?? (isOther ? undefined : cluster?.redis?.url) ?? process.env.REDIS_URL;
  const nodeUrls = options.node ?? (isOther ? [] : (cluster?.nodes.map((node) => node.url) ?? []));
  await findCluster(url, signal);
  const world = createWorld({ url, redisUrl: redisUrl ?? 'redis://127.0.0.1:6379', nodeUrls });
  say(`C2C at ${url}`);
  try {
    return await goThrough(world, signal);
  } finally {
    await world.close();
  }
}

/** An address on which this machine's own names are one. */
function nameless(url: string): string {
  return url.replace(/\/\/(127\.0\.0\.1|\[::1\])(?=:|$)/, '//localhost');
}

/** Rejects with the one sentence that stands for all lines where nobody is at `url`. */
async function findCluster(url: string, signal: AbortSignal): Promise<void> {
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    await (await fetch(`${url}/health`, { signal: deadline })).arrayBuffer();
  } catch {
    signal.throwIfAborted();
    throw new Error(`no cluster answers at ${url}; npm start starts one`);
  }
}

/** Goes through the lines in order, says each, and answers the exit code. */
export async function goThrough(world: World, signal: AbortSignal, checks: readonly Check[] = CHECKS): Promise<number> {
  const count = { held: 0, skipped: 0, failed: 0 };
  for (const check of checks) {
    signal.throwIfAborted();
    count[await goOver(check, world)] += 1;
  }
  const { length } = checks;
  const { held, skipped, failed } = count;
  if (failed > 0) say(bad(`${failed} of ${length} lines do not hold`));
  else say(good(skipped === 0 ? `all ${length} lines hold` : `${held} of ${length} lines hold, ${skipped} skipped`));
  return failed === 0 ? 0 : 1;
}

async function goOver({ title, check }: Check, world: World): Promise<'held' | 'skipped' | 'failed'> {
  try {
    const remark = await check(world);
    say(good(`${title}${remark === undefined ? '' : paint('dim', `  ${remark}`)}`));
    return 'held';
  } catch (error) {
    const isSkipped = error instanceof Skipped;
    say(isSkipped ? warning(`skipped: ${title}`) : bad(title));
    say(`    ${error instanceof Error ? error.message : String(error)}`);
    return isSkipped ? 'skipped' : 'failed';
  }
}

function readOptions(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    const options = {
      url: text,
      redis: text,
      node: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}
