/** A Redis of a test's own: in a temporary folder, on a free port, ended with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** `args` are more options of redis-server; `isDurable` keeps the data over a restart (AOF). */
export type TestRedisOptions = { args?: readonly string[]; isDurable?: boolean };

/** A server that can be killed, frozen and started again on the same port. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Starts it again after `kill`; waits until it answers. */
  start(): Promise<void>;
  /** Ends it at once (SIGKILL), the data folder stays. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const PATIENCE_MS = 20_000;

/** Starts `redis-server` from PATH and waits until it answers. */
export async function startRedis({ args = [], isDurable = false }: TestRedisOptions = {}): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'c2c-redis-'));
  const port = await freePort();
  const place = ['--port', String(port), '--bind', HOST, '--dir', folder, '--daemonize', 'no'];
  const keeping = ['--save', '', '--appendonly', isDurable ? 'yes' : 'no', '--appendfsync', 'always'];
  let server: ChildProcess | null = null;

  const redis: TestRedis = {
    url: `redis://${HOST}:${port}`,
    port,
    async start() {
      server = spawn('redis-server', [...place, ...keeping, ...args], { stdio: 'ignore' });
      server.once('error', () => undefined);
      await untilItAnswers(port, server);
    },
    async kill() {
      if (server === null || server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
      server = null;
    },
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    async stop() {
      await redis.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, HOST);
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function untilItAnswers(port: number, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await answersPing(port))) {
    if (server.exitCode !== null || server.pid === undefined) throw new Error('redis-server did not start');
    if (Date.now() > deadline) throw new Error('redis-server does not answer');
    await delay(20);
  }
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, HOST);
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => finish(data.toString().startsWith('+PONG')));
  });
}
