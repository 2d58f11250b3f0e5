/** Everybody at once: thousands come for the first time, are cut off together, miss messages and come back. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Entered, Returned } from '../generator/commands.ts';
import { openStage, type Stage } from '../stage.ts';
import type { Figures, Reading, Scenario } from './scenario.ts';

/** `tailMs`: what nodes put off until after the storm belongs to it. */
const FULL = { rooms: 50, members: 100, parallel: 1_000, tailMs: 2_000 };
const QUICK: typeof FULL = { rooms: 4, members: 10, parallel: 40, tailMs: 200 };
const BEFORE = 5;
const MISSED = 10;
/** One who stays in each room talks; the pace is nobody's burden. */
const TALK = { rate: 500, senders: 1 };
/** From here on a command stands in Redis' slow log. */
const SLOW_US = 300;
const MICRO = 1e6;

const CONNECT_LOAD = 'all connect';
/** Where the return is filed. */
export const RECONNECT_LOAD = 'all come back';

/** First a storm of strangers, then two of old acquaintances: one for CPU and scripts, one for commands. */
export const STORMS: Scenario = {
  name: 'storms',
  title: `${FULL.rooms * FULL.members} clients at once on 2 nodes, ${FULL.rooms} rooms; ${MISSED} messages a room missed`,
  peers: ['stock', 'bun', 'c2c', 'c2c-ws'],
  quickPeers: ['stock', 'c2c', 'c2c-ws'],
  repeats: 2,
  seconds: ({ isQuick }) => (isQuick ? 5 : 34),
  async run(peer, { isQuick }) {
    const size = isQuick ? QUICK : FULL;
    const { rooms, members, parallel } = size;
    const stage = await openStage({ peer, nodes: 2, addresses: 4 });
    try {
      await stage.ask('rooms', { count: rooms });
      await stage.ask('enter', { members: 1, parallel: rooms, isStaying: true });
      await talk(stage, rooms * BEFORE);
      const readings: Reading[] = [];
      const connect = () => stage.ask('enter', { members, parallel, isStaying: false });
      readings.push({ load: CONNECT_LOAD, figures: await costOf(stage, size, connect) });
      const back = await comeBack(stage, rooms, () => timedReturn(stage, size));
      const counted = await comeBack(stage, rooms, () => countedReturn(stage, size));
      readings.push({ load: RECONNECT_LOAD, figures: { ...back, ...counted, ...faultsOf([back, counted]) } });
      return readings;
    } finally {
      await stage.close();
    }
  },
};

function talk(stage: Stage, count: number) {
  return stage.ask('load', { ...TALK, count });
}

/** Cuts everybody off but those who talk on. */
async function comeBack<T>(stage: Stage, rooms: number, back: () => Promise<T>): Promise<T> {
  await stage.ask('drop', null);
  await talk(stage, rooms * MISSED);
  return back();
}

/** CPU, time and the longest scripts; nothing else watches. */
async function timedReturn(stage: Stage, size: typeof FULL): Promise<Figures> {
  await stage.redis.watchSlow(SLOW_US);
  const figures = await costOf(stage, size, () => stage.ask('returns', { parallel: size.parallel }));
  const slow = await stage.redis.slowScripts();
  return {
    ...figures,
    longestScriptMs: Math.max(0, ...slow) / 1_000,
    slowScripts: slow.filter((us) => us > 2_000).length,
  };
}

/** Redis client commands per client, idle traffic of the same length taken off. */
async function countedReturn(stage: Stage, { parallel, tailMs }: typeof FULL): Promise<Figures> {
  const idle = await stage.redis.countDuring(() => delay(tailMs));
  const busy = await stage.redis.countDuring(async () => {
    const returned = await stage.ask('returns', { parallel });
    await delay(tailMs);
    return returned;
  });
  const { count, missing, unrecovered, refused } = busy.result;
  const own = busy.commands - (idle.commands / idle.ms) * busy.ms;
  return { redisCommandsPerClient: own / count, missing, unrecovered, refused };
}

function faultsOf(rounds: readonly Figures[]): Figures {
  const sum = (name: string) => rounds.reduce((total, figures) => total + (figures[name] ?? 0), 0);
  return { missing: sum('missing'), unrecovered: sum('unrecovered'), refused: sum('refused') };
}

async function costOf(
  stage: Stage,
  { tailMs }: typeof FULL,
  storm: () => Promise<Entered | Returned>,
): Promise<Figures> {
  const before = stage.cpu();
  const entered = await storm();
  await delay(tailMs);
  const after = stage.cpu();
  const nodes = after.nodes.reduce((total, seconds, index) => total + seconds - (before.nodes[index] ?? 0), 0);
  const { count, wallMs, p50Ms, p99Ms, retries, refused } = entered;
  return {
    clients: count,
    seconds: wallMs / 1_000,
    clientsPerSecond: (count * 1_000) / wallMs,
    nodeUsPerClient: (nodes * MICRO) / count,
    redisUsPerClient: ((after.redis - before.redis) * MICRO) / count,
    generatorShare: (after.generator - before.generator) / (wallMs / 1_000),
    ...{ p50Ms, p99Ms, retries, refused },
    ...('missing' in entered
      ? { replayed: entered.replayed, missing: entered.missing, unrecovered: entered.unrecovered }
      : {}),
  };
}
