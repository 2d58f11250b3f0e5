/** One busy room: 500 members on two nodes, from a calm talk to a storm. */
import { openStage, type Stage } from '../stage.ts';
import { type Figures, measureCommands, measureLoad, type Reading, type Scenario } from './scenario.ts';

const NODES = 2;
/** Enough that nobody comes near C2C's rate limit of 100 messages a second. */
const SENDERS = 50;
const PARALLEL = 50;
const FULL = { members: 500, rates: [50, 200, 500, 1_000], seconds: 4, warmUpS: 3 };
const QUICK = { members: 40, rates: [50, 200], seconds: 0.5, warmUpS: 0.5 };
/** Fast enough for what nodes do by themselves to be small beside it. */
const COUNTED = { rate: 500, senders: SENDERS };
const COUNTED_S = 4;
/** For the latency of a quiet room; too little for its CPU. */
const CALM = { rate: 1, count: 5, senders: SENDERS };
const START_S = 4;

/** Where the commands of Redis are filed. */
export const COMMANDS_LOAD = 'counted';

/** Names a rate as figures are filed under it. */
export function rateLoad(rate: number): string {
  return `${rate} msg/s`;
}

/** CPU and latency at each rate; commands of Redis once. */
export const HOT_ROOM: Scenario = {
  name: 'hot-room',
  title: `One room of ${FULL.members} members on ${NODES} nodes`,
  peers: ['stock', 'sharded', 'streams', 'bun', 'bare', 'c2c', 'c2c-ws'],
  quickPeers: ['stock', 'bare', 'c2c'],
  seconds: ({ isQuick }) => {
    const { rates, seconds, warmUpS } = isQuick ? QUICK : FULL;
    return START_S + warmUpS + rates.length * (seconds + 1);
  },
  async run(peer, { isQuick, repeat }) {
    const size = isQuick ? QUICK : FULL;
    const stage = await openStage({ peer, nodes: NODES });
    try {
      await stage.ask('rooms', { count: 1 });
      await stage.ask('enter', { members: size.members, parallel: PARALLEL, isStaying: true });
      await stage.ask('load', { rate: 200, count: 200 * size.warmUpS, senders: SENDERS });
      const readings: Reading[] = [];
      for (const rate of size.rates) readings.push({ load: rateLoad(rate), figures: await measure(stage, rate, size) });
      if (isQuick || repeat > 0) return readings;
      readings.push({ load: rateLoad(CALM.rate), figures: await measureLoad(stage, CALM) });
      readings.push({ load: COMMANDS_LOAD, figures: await commands(stage) });
      return readings;
    } finally {
      await stage.close();
    }
  },
};

async function measure(stage: Stage, rate: number, { seconds }: { seconds: number }): Promise<Figures> {
  // Buffers and compiled code as this rate wants them, before anything is counted.
  await stage.ask('load', { rate, count: Math.ceil(rate / 2), senders: SENDERS });
  return measureLoad(stage, { rate, count: Math.ceil(rate * seconds), senders: SENDERS });
}

async function commands(stage: Stage): Promise<Figures> {
  const count = COUNTED.rate * COUNTED_S;
  return { redisCommandsPerMessage: await measureCommands(stage, { ...COUNTED, count }) };
}
