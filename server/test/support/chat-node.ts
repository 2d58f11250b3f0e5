/** One node of C2C as a process of its own, for tests: started from the sources, ended, killed or frozen by its pid. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** `env` goes on top of what every node of a test has; `isReady: false` does not wait for `/health/ready`. */
export type ChatNodeOptions = {
  name: string;
  redisUrl: string;
  logFile: string;
  env?: Readonly<Record<string, string>>;
  isReady?: boolean;
};

/** A running node. */
export interface ChatNode {
  readonly name: string;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** All it has logged, one entry a line. */
  log(): string;
  /** Whether the process is there. */
  isAlive(): boolean;
  /** Ends it with SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: sockets stay open, nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Ends it with SIGTERM, after `patienceMs` with SIGKILL. */
  stop(patienceMs?: number): Promise<void>;
}

/** Long enough for the configuration, the same on every node of a test. */
export const TEST_JWT_SECRET = 'only-for-tests-0123456789-0123456789-abcdef';

const SERVER = fileURLToPath(new URL('../..', import.meta.url));
/** A node's own default. */
const REDIS_TIMEOUT_MS = 2_000;
const START_MS = 60_000;
const STOP_MS = 10_000;
const BASE_ENV = {
  JWT_SECRET: TEST_JWT_SECRET,
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'info',
  ROOMS_PER_MINUTE: '100000',
  DRAIN_WINDOW_MS: '200',
  // `FANOUT_FAST_PATH=off npm test` runs every test without it.
  FANOUT_FAST_PATH: process.env.FANOUT_FAST_PATH ?? '',
};

/** Lives that a test has scaled down leave less time to Redis, or the node refuses them. */
function scaled(env: Readonly<Record<string, string>>): Record<string, string> {
  const graceMs = Number(env.CLOSE_GRACE_MS ?? Number.POSITIVE_INFINITY);
  return graceMs > REDIS_TIMEOUT_MS ? {} : { REDIS_TIMEOUT_MS: String(graceMs - 1) };
}

/** Starts `src/main.ts` on a free port and waits until the node says that it is ready. */
export async function startChatNode(options: ChatNodeOptions): Promise<ChatNode> {
  const { name, redisUrl, logFile, env = {}, isReady = true } = options;
  const output = openSync(logFile, 'a');
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    cwd: SERVER,
    env: { PATH: process.env.PATH ?? '', ...BASE_ENV, NODE_ID: name, REDIS_URL: redisUrl, ...scaled(env), ...env },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const log = () => readFileSync(logFile, 'utf8');
  const port = await untilListening(child, log);
  const node = { ...controls(child), name, port, url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, log };
  if (isReady) await untilReady(node);
  return node;
}

/** Waits until the node says that it is ready; the error holds the end of its log. */
export async function untilReady(node: Pick<ChatNode, 'url' | 'log' | 'isAlive'>): Promise<void> {
  await untilTrue(node, async () => {
    const answer = await fetch(`${node.url}/health/ready`, { signal: AbortSignal.timeout(3_000) }).catch(() => null);
    await answer?.text();
    return answer?.ok === true;
  });
}

async function untilListening(child: ChildProcess, log: () => string): Promise<number> {
  let port = 0;
  await untilTrue({ log, isAlive: () => isRunning(child) }, async () => {
    const entry = /"port":(\d+)[^\n]*"msg":"listening"|"msg":"listening"[^\n]*"port":(\d+)/.exec(log());
    port = Number(entry?.[1] ?? entry?.[2] ?? 0);
    return port > 0;
  });
  return port;
}

async function untilTrue(
  { log, isAlive }: Pick<ChatNode, 'log' | 'isAlive'>,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (!(await isSo())) {
    if (!isAlive() || performance.now() > deadline) throw new Error(`the node did not start:\n${log().slice(-4_000)}`);
    await delay(20);
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function controls(child: ChildProcess) {
  async function end(signal: NodeJS.Signals): Promise<void> {
    if (!isRunning(child)) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
  return {
    isAlive: () => isRunning(child),
    kill: () => end('SIGKILL'),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async stop(patienceMs = STOP_MS) {
      const force = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await end('SIGTERM');
      clearTimeout(force);
    },
  };
}
