/** One node of C2C: a process of the built server with its own name, port and log. */
import { join, resolve } from 'node:path';
import { startChild, untilUp } from '../process/child.ts';
import { isAnswering } from '../process/http.ts';
import type { Service } from './redis.ts';

/** `env` is added to this process's own; `serverMain` is the built entry, `server/dist/main.js` unless given. */
export type NodeOptions = {
  name: string;
  port: number;
  redisUrl: string;
  jwtSecret: string;
  logFile: string;
  databaseUrl?: string | undefined;
  webRoot?: string;
  serverMain?: string;
  /** What Node is told before the entry; another program that watches it, such as tsx. Default: source maps. */
  nodeArgs?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** How long to wait for readiness; 0 does not wait. Default 30 s. */
  readyTimeoutMs?: number;
  signal?: AbortSignal | undefined;
  onSpawn?: ((pid: number) => void) | undefined;
};

/** What stands in the way of an orderly end: connections drain, then the process goes. */
export const NODE_GRACE_MS = 25_000;
const SERVER_MAIN = join(import.meta.dirname, '../../../server/dist/main.js');

/** Starts a node and waits until it says it is ready. Rejects with the end of its log when it ends or never is. */
export async function startNode(options: NodeOptions): Promise<Service> {
  const { name, port, logFile, signal } = options;
  const child = await startChild({
    file: process.execPath,
    args: [...(options.nodeArgs ?? ['--enable-source-maps']), resolve(options.serverMain ?? SERVER_MAIN)],
    env: environment(options),
    logFile,
    onSpawn: options.onSpawn,
  });
  const url = `http://127.0.0.1:${port}`;
  const service = { url, port, pid: child.pid, exited: child.exited, stop: () => child.stop(NODE_GRACE_MS) };
  const timeoutMs = options.readyTimeoutMs ?? 30_000;
  if (timeoutMs === 0) return service;
  await untilUp(child, () => isReady(url), { name: `node ${name}`, logFile, timeoutMs, signal });
  return service;
}

/** Whether the node at `url` answers that it can serve. */
export function isReady(url: string): Promise<boolean> {
  return isAnswering(`${url}/health/ready`);
}

function environment(options: NodeOptions): NodeJS.ProcessEnv {
  // npm's own variables say nothing to a node, and there are dozens
  const inherited = Object.entries(process.env).filter(([key]) => !key.toLowerCase().startsWith('npm_'));
  return { ...Object.fromEntries(inherited), ...nodeEnvironment(options) };
}

/** What a node is told whatever the environment says. */
export function nodeEnvironment(options: Omit<NodeOptions, 'logFile'>): Record<string, string> {
  return {
    NODE_ENV: 'production',
    NODE_ID: options.name,
    HOST: '127.0.0.1',
    PORT: String(options.port),
    REDIS_URL: options.redisUrl,
    DATABASE_URL: options.databaseUrl ?? '',
    JWT_SECRET: options.jwtSecret,
    TRUSTED_PROXIES: '127.0.0.1',
    WEB_ROOT: options.webRoot ?? '',
    ...options.env,
  };
}
