/** More nodes: everybody is on two of them; what do the others pay for messages that nobody there reads? */
import { setTimeout as delay } from 'node:timers/promises';
import { openStage, type Stage } from '../stage.ts';
import { measureLoad, type Reading, type Scenario } from './scenario.ts';

const USED = 2;
const NODES = 8;
const MEMBERS = 50;
const SENDERS = 20;
const FULL = { rate: 500, seconds: 6, warmUpS: 2 };
const QUICK = { rate: 100, seconds: 0.5, warmUpS: 0.5 };
const MICRO = 1e6;

/** The load as figures are filed under it. */
export const GROWN_LOAD = `${NODES} nodes`;

/** Growing by nodes that nobody is on. */
export const NODE_GROWTH: Scenario = {
  name: 'node-growth',
  title: `From ${USED} to ${NODES} nodes; ${MEMBERS} members of one room, all on ${USED} of them, ${FULL.rate} messages a second`,
  peers: ['stock', 'sharded', 'c2c'],
  quickPeers: ['stock', 'c2c'],
  repeats: 2,
  seconds: ({ isQuick }) => (isQuick ? 5 : 34),
  async run(peer, { isQuick }) {
    const size = isQuick ? QUICK : FULL;
    const readings: Reading[] = [];
    for (const nodes of isQuick ? [NODES / 2] : [USED, NODES]) {
      const stage = await openStage({ peer, nodes, used: USED });
      try {
        readings.push({ load: `${nodes} nodes`, figures: await measure(stage, size) });
      } finally {
        await stage.close();
      }
    }
    return readings;
  },
};

async function measure(stage: Stage, { rate, seconds, warmUpS }: typeof FULL) {
  await stage.ask('rooms', { count: 1 });
  await stage.ask('enter', { members: MEMBERS, parallel: MEMBERS, isStaying: true });
  await stage.ask('load', { rate, count: rate * warmUpS, senders: SENDERS });
  const idle = stage.nodes.length > USED ? await idleCost(stage, seconds) : 0;
  const busyFrom = others(stage);
  const figures = await measureLoad(stage, { rate, count: rate * seconds, senders: SENDERS });
  const busy = others(stage) - busyFrom;
  const own = Math.max(0, busy - idle * (figures.seconds ?? seconds));
  return {
    ...figures,
    othersUsPerMessage: (own * MICRO) / (rate * seconds),
    othersIdleShare: idle,
  };
}

/** What the others cost a second when nobody says anything. */
async function idleCost(stage: Stage, seconds: number): Promise<number> {
  const before = others(stage);
  await delay(seconds * 1_000);
  return (others(stage) - before) / seconds;
}

/** CPU seconds of the nodes that nobody is connected to. */
function others(stage: Stage): number {
  return stage
    .cpu()
    .nodes.slice(USED)
    .reduce((total, seconds) => total + seconds, 0);
}
