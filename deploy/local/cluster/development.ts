/** The order of a start for work on C2C itself: services, one node that watches its source, vite in place of nginx. */
import { join } from 'node:path';
import { startChild, untilUp } from '../process/child.ts';
import { isAnswering } from '../process/http.ts';
import { findFreePort } from '../process/ports.ts';
import { startNode } from '../services/node.ts';
import { bringUpPostgres, bringUpRedis, run, type Site, secretOf } from './parts.ts';
import { box, good, say } from './terminal.ts';

const VITE_PORT = 5173;

/** Starts everything. `giveUp` is called when one of the services fails, to end the other. */
export async function bringUpDevelopment(site: Site, giveUp: () => void): Promise<void> {
  const work = [bringUpRedis(site), bringUpPostgres(site)] as const;
  const [redisUrl, databaseUrl] = await Promise.all(work).catch(async (error: unknown) => {
    giveUp();
    await Promise.allSettled(work);
    throw error;
  });
  site.signal.throwIfAborted();
  await bringUpWatchedNode(site, { redisUrl, databaseUrl });
  const url = await bringUpVite(site);
  site.ledger.update({ state: 'running', url });
  const rows = [
    ['page', `${url}    follows web/src`],
    ['node', `http://127.0.0.1:${site.options.port}    starts again when server/src changes`],
    ['logs', 'npm run logs -- --follow'],
    ['stop', 'Ctrl-C'],
  ] as const;
  say(`\n${box('C2C is running for development', rows)}\n`);
}

async function bringUpWatchedNode(
  site: Site,
  urls: { redisUrl: string; databaseUrl: string | undefined },
): Promise<void> {
  const { root, home, options, signal } = site;
  const [name, port, logFile] = ['n1', options.port, join(home, 'logs', 'n1.log')];
  const watched = {
    serverMain: join(root, 'server/src/main.ts'),
    nodeArgs: [join(root, 'node_modules/tsx/dist/cli.mjs'), 'watch', '--clear-screen=false'],
    env: { NODE_ENV: 'development' },
  };
  const node = { name, port, logFile, jwtSecret: secretOf(home), ...urls, ...watched, signal };
  const noted = { name, port, url: `http://127.0.0.1:${port}`, log: logFile, source: 'server/src' };
  await run(site, 'node', { noted, start: (onSpawn) => startNode({ ...node, onSpawn }) });
  say(good(`${name} on port ${port}, from server/src`));
}

/** Stands where nginx stands otherwise, so it is noted there: a next start finds what a killed one left behind. */
async function bringUpVite(site: Site): Promise<string> {
  const { root, home, options, signal } = site;
  const port = await findFreePort(VITE_PORT);
  const env = { ...process.env, C2C_NODE_URL: `http://127.0.0.1:${options.port}` };
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(home, 'logs', 'vite.log');
  const start = async (onSpawn: (pid: number) => void) => {
    const child = await startChild({
      file: process.execPath,
      args: [
        join(root, 'node_modules/vite/bin/vite.js'),
        '--host',
        '127.0.0.1',
        '--port',
        String(port),
        '--strictPort',
      ],
      cwd: join(root, 'web'),
      env,
      logFile,
      onSpawn,
    });
    await untilUp(child, () => isAnswering(url), { name: 'vite', logFile, timeoutMs: 30_000, signal });
    return { url, port, pid: child.pid, exited: child.exited, stop: () => child.stop() };
  };
  await run(site, 'nginx', { noted: { name: 'vite', port, url, log: logFile, source: 'web/src' }, start });
  say(good(`vite on port ${port}, from web/src`));
  return url;
}
