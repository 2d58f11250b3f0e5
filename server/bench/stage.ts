/** One peer on its stage: a fresh Redis, its processes, the load process; all of it gone afterwards. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commands, Reply, Request } from './generator/commands.ts';
import { atExit, type Child, freePort, isListening, startChild, untilUp } from './machine/child.ts';
import { type PrivateRedis, startPrivateRedis } from './machine/private-redis.ts';
import { cpuSeconds } from './machine/processes.ts';
import { PEERS, type PeerName } from './peers.ts';

/** CPU seconds by process. */
export type Cpu = { nodes: number[]; redis: number; generator: number };

/** A peer that runs, and the load process turned on it. */
export interface Stage {
  readonly nodes: readonly Child[];
  readonly redis: PrivateRedis;
  readonly ports: readonly number[];
  ask<N extends Request['name']>(name: N, takes: Commands[N]['takes']): Promise<Commands[N]['answers']>;
  cpu(): Cpu;
  close(): Promise<void>;
}

/** `nodes` processes; the load goes to the first `used` of them (all). `isMemoryMeasured` preloads the probe. */
export type StageOptions = {
  peer: PeerName;
  nodes: number;
  used?: number;
  addresses?: number;
  isMemoryMeasured?: boolean;
};

/** Starts everything; what was started before something failed is ended. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const ending: (() => unknown)[] = [];
  const close = async () => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    return await build(options, ending, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(options: StageOptions, ending: (() => unknown)[], close: () => Promise<void>): Promise<Stage> {
  const peer = PEERS[options.peer];
  const folder = mkdtempSync(join(tmpdir(), 'c2c-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const isRemoved = atExit(remove);
  ending.push(() => {
    remove();
    isRemoved();
  });
  const redis = await startPrivateRedis();
  ending.push(redis.stop);
  const count = peer.isSingleProcess === true ? 1 : options.nodes;
  const ports: number[] = [];
  for (let index = 0; index < count; index++) ports.push(await freePort());
  const nodes = await Promise.all(
    ports.map((port, index) => startNode({ options, folder, index, port, redisUrl: redis.url }, ending)),
  );
  const generator = await startGenerator();
  ending.push(generator.close);
  const { server, dialect } = peer;
  const used = ports.slice(0, options.used ?? count);
  await generator.ask('target', { server, dialect, ports: used, addresses: options.addresses ?? 1 });
  return {
    nodes,
    redis,
    ports,
    ask: generator.ask,
    cpu: () => ({
      nodes: nodes.map(({ pid }) => cpuSeconds(pid)),
      redis: cpuSeconds(redis.pid),
      generator: cpuSeconds(generator.pid),
    }),
    close,
  };
}

type NodeStart = { options: StageOptions; folder: string; index: number; port: number; redisUrl: string };

async function startNode(start: NodeStart, ending: (() => unknown)[]): Promise<Child> {
  const { options, folder, index, port, redisUrl } = start;
  const { program, args, env } = PEERS[options.peer].command({ index, port, redisUrl });
  const logFile = join(folder, `node${index}.log`);
  const probe = options.isMemoryMeasured === true ? PEERS[options.peer].probeArgs : [];
  const child = await startChild({ program, args: [...probe, ...args], env, logFile });
  ending.push(child.stop);
  await untilUp(child, () => isListening(port));
  return child;
}

async function startGenerator() {
  const child = fork(join(import.meta.dirname, 'generator/main.ts'), {
    execArgv: ['--import', 'tsx'],
    stdio: 'inherit',
  });
  await once(child, 'spawn');
  const waiting = new Map<number, { resolve(answers: never): void; reject(error: Error): void }>();
  child.on('message', (reply: Reply) => {
    const request = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) request?.reject(new Error(reply.error));
    else request?.resolve(reply.answers as never);
  });
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the load process ended (${code})`));
  });
  let asked = 0;
  return {
    pid: child.pid ?? 0,
    ask<N extends Request['name']>(name: N, takes: Commands[N]['takes']): Promise<Commands[N]['answers']> {
      const id = ++asked;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        child.send({ id, name, takes });
      });
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
