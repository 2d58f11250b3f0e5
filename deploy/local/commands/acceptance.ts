/** `npm run acceptance`: the system's own check list against a cluster that runs, line by line. */
import { parseArgs } from 'node:util';
import { CHECKS } from '../acceptance/check-list.ts';
import { createWorld, type World } from '../acceptance/world.ts';
import type { Context } from '../bootstrap/context.ts';
import { UsageError } from '../bootstrap/options.mjs';
import { runningCluster } from '../cluster/state.ts';
import { bad, good, paint, say } from '../cluster/terminal.ts';

const HELP = `Goes through the check list of C2C against a running cluster: REST, Redis, both doors, chat between nodes.

  npm run acceptance -- [options]

  --url <url>        where people find it        (the cluster npm start runs here, else http://localhost:8080)
  --redis <url>      its Redis                   (that cluster's, else REDIS_URL, else redis://127.0.0.1:6379)
  --node <url>       a node itself; give two to see a message go from one to the other

Exit code 1 if a line fails.`;

/** Answers 0 only when every line holds. */
export async function run(args: string[], { home, signal }: Context): Promise<number> {
  const options = readOptions(args);
  if (options.help === true) {
    say(HELP);
    return 0;
  }
  const cluster = runningCluster(home);
  const isOther = options.url !== undefined && options.url !== cluster?.url;
  const url = (options.url ?? cluster?.url ?? 'http://localhost:8080').replace(/\/$/, '');
  const redisUrl = options.redis ?? (isOther ? undefined : cluster?.redis?.url) ?? process.env.REDIS_URL;
  const nodeUrls = options.node ?? (isOther ? [] : (cluster?.nodes.map((node) => node.url) ?? []));
  const world = createWorld({ url, redisUrl: redisUrl ?? 'redis://127.0.0.1:6379', nodeUrls });
  say(`C2C at ${url}`);
  try {
    return await goThrough(world, signal);
  } finally {
    await world.close();
  }
}

async function goThrough(world: World, signal: AbortSignal): Promise<number> {
  let failed = 0;
  for (const { title, check } of CHECKS) {
    signal.throwIfAborted();
    try {
      const remark = await check(world);
      say(good(`${title}${remark === undefined ? '' : paint('dim', `  ${remark}`)}`));
    } catch (error) {
      failed += 1;
      say(bad(title));
      say(`    ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  say(failed === 0 ? good(`all ${CHECKS.length} lines hold`) : bad(`${failed} of ${CHECKS.length} lines do not hold`));
  return failed === 0 ? 0 : 1;
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
