/** The start of a cluster in order, up to the proof that it works and the box that says where it is. */
import { join, relative } from 'node:path';
import { redisCli } from '../services/apt.ts';
import { withoutPassword } from '../services/redis-inspection.ts';
import { ensureBuilt, SERVER_BUILD, WEB_BUILD } from './build.ts';
import { sendFirstMessage } from './first-message.ts';
import { bringUpObservation, findStatusPort } from './observation.ts';
import { bringUpNginx, bringUpNodes, bringUpPostgres, bringUpRedis, type Site } from './parts.ts';
import { box, good, say } from './terminal.ts';

/** Starts services and builds together, then nodes, then nginx. `giveUp` is called when one of the first fails, to end the others. */
export async function bringUp(site: Site, giveUp: () => void): Promise<void> {
  const { ledger, signal } = site;
  const begin = performance.now();
  // the builds need one processor, the services wait: together they take as long as the longer
  const context = { ...site, say };
  const redis = bringUpRedis(site);
  const postgres = bringUpPostgres(site);
  const work = [redis, postgres, ensureBuilt(SERVER_BUILD, context), ensureBuilt(WEB_BUILD, context)];
  await allOrNone(work, giveUp);
  const [redisUrl, databaseUrl] = [await redis, await postgres];
  signal.throwIfAborted();
  const nodes = await bringUpNodes(site, { redisUrl, databaseUrl });
  const statusPort = site.options.observe ? await findStatusPort(site.options.port) : undefined;
  const url = await bringUpNginx(site, nodes, statusPort);
  const first = nodes[0]?.port;
  const last = nodes.at(-1)?.port;
  const { milliseconds } = await sendFirstMessage(`http://127.0.0.1:${first}`, `http://127.0.0.1:${last}`, signal);
  signal.throwIfAborted();
  say(good(`a message went from ${nodes[0]?.name} to ${nodes.at(-1)?.name} in ${milliseconds.toFixed(1)} ms`));
  const observed = { nodes, redisUrl, databaseUrl };
  const rows = statusPort === undefined ? [] : await bringUpObservation(site, { ...observed, statusPort });
  ledger.update({ state: 'running', url });
  say(`\n${statusBox(site, rows, Math.round((performance.now() - begin) / 1000))}\n`);
}

/** Where one fails the others are told to end, and have ended (a package is not left half installed) before it is reported. */
async function allOrNone(work: readonly Promise<unknown>[], giveUp: () => void): Promise<void> {
  try {
    await Promise.all(work);
  } catch (error) {
    giveUp();
    await Promise.allSettled(work);
    throw error;
  }
}

type Row = readonly [label: string, text: string];

function statusBox({ root, home, ledger }: Site, more: readonly Row[], seconds: number): string {
  const { url, redis, postgres, nodes } = ledger.state();
  const folder = join(home, 'logs');
  const logs = folder.startsWith(root) ? relative(root, folder) : folder;
  return box(`C2C is running (${seconds} s)`, [
    ['open', url],
    ['nodes', nodes.map(({ name, port }) => `${name} :${port}`).join('  ')],
    ['Redis', redis?.pid === null ? withoutPassword(redis.url) : `${redisCli(home)} -p ${redis?.port}`],
    [
      'PostgreSQL',
      postgres === null ? 'none: errors use the bundled texts' : `port ${postgres.port} (${postgres.source})`,
    ],
    ...more,
    ['logs', `${logs}/    npm run logs -- --follow`],
    ['check', 'npm run acceptance    npm run doctor'],
    ['stop', 'Ctrl-C, or npm run cluster -- stop'],
  ]);
}
