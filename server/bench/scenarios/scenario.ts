/** What a scenario is, and how one phase of load becomes figures. */
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Loaded, LoadOptions } from '../generator/commands.ts';
import type { PeerName } from '../peers.ts';
import type { Cpu, Stage } from '../stage.ts';

/** Figures of one measurement by name; the unit is in the name. */
export type Figures = Record<string, number>;
/** One measurement: `load` says which of the scenario's (`200 msg/s`). */
export type Reading = { load: string; figures: Figures };
/** A reading with whose it is. */
export type Sample = Reading & { scenario: string; peer: PeerName; repeat: number };

/** `isQuick`: does it work at all. `repeat` counts from 0: what need not be repeated is measured in the first. */
export type Turn = { isQuick: boolean; repeat: number };

/** Something all peers are put through, one after the other. */
export type Scenario = {
  name: string;
  title: string;
  peers: readonly PeerName[];
  /** Who is enough for a quick run; everybody by default. */
  quickPeers?: readonly PeerName[];
  /** Repeats of a default run are at most this many. */
  repeats?: number;
  /** About how long one peer takes, once. */
  seconds(turn: Pick<Turn, 'isQuick'>): number;
  run(peer: PeerName, turn: Turn): Promise<Reading[]>;
};

const MICRO = 1e6;
/** Above this share of one core the load process itself is the bottleneck. */
const SATURATED = 0.9;
/** Its ticks are 4 ms: later than this it got no CPU. */
const LATE_MS = 25;

/** Runs one phase of load and turns it into figures; CPU is what the operating system counted for each process. */
export async function measureLoad(stage: Stage, options: LoadOptions): Promise<Figures> {
  const before = stage.cpu();
  const loaded = await stage.ask('load', options);
  const after = stage.cpu();
  return loadFigures(loaded, { before, after });
}

function loadFigures(loaded: Loaded, { before, after }: { before: Cpu; after: Cpu }): Figures {
  const { sent, expected, received, wallMs, p50Ms, p99Ms, maxMs, lateMs } = loaded;
  const nodes = sum(after.nodes) - sum(before.nodes);
  const redis = after.redis - before.redis;
  const generator = after.generator - before.generator;
  const seconds = wallMs / 1_000;
  const busy = (nodes + redis + generator) / (seconds * availableParallelism());
  return {
    nodeUsPerDelivery: (nodes * MICRO) / received,
    nodeUsPerMessage: (nodes * MICRO) / sent,
    deliveriesPerCpuSecond: received / Math.max(nodes, 0.01),
    redisUsPerMessage: (redis * MICRO) / sent,
    ...{ p50Ms, p99Ms, maxMs, lateMs },
    generatorShare: generator / seconds,
    isGeneratorSaturated: generator / seconds > SATURATED || lateMs > LATE_MS ? 1 : 0,
    machineShare: busy,
    ...{ sent, expected, received, seconds },
    ...faultsOf(loaded),
  };
}

function faultsOf({ lost, unsent, duplicates, inversions, gaps, refused }: Loaded): Figures {
  return { lost, unsent, duplicates, inversions, gaps, refused };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Redis client commands per message: counted in a phase of its own, with idle traffic of the same length taken off. */
export async function measureCommands(stage: Stage, { rate, count, senders }: LoadOptions): Promise<number> {
  const idleMs = (count / rate) * 1_000;
  const idle = await stage.redis.countDuring(() => delay(idleMs));
  const busy = await stage.redis.countDuring(() => stage.ask('load', { rate, count, senders }));
  return (busy.commands - (idle.commands / idle.ms) * busy.ms) / count;
}
