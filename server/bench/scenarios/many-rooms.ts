/** Many small rooms: what counts is the way of one message, not the width of the room. */
import { openStage } from '../stage.ts';
import { measureLoad, type Scenario } from './scenario.ts';

const MEMBERS = 5;
const FULL = { rooms: 500, rate: 1_000, seconds: 5, warmUpS: 3, parallel: 100 };
const QUICK = { rooms: 20, rate: 200, seconds: 0.5, warmUpS: 0.5, parallel: 50 };
const START_S = 9;

/** The load as figures are filed under it. */
export const MANY_ROOMS_LOAD = `${FULL.rate} msg/s`;

/** Each message reaches five. */
export const MANY_ROOMS: Scenario = {
  name: 'many-rooms',
  title: `${FULL.rooms} rooms of ${MEMBERS} members on 2 nodes, ${FULL.rate} messages a second together`,
  peers: ['stock', 'bun', 'c2c', 'c2c-ws'],
  quickPeers: ['stock', 'c2c'],
  seconds: ({ isQuick }) => (isQuick ? 4 : START_S + FULL.seconds + FULL.warmUpS),
  async run(peer, { isQuick }) {
    const { rooms, rate, seconds, warmUpS, parallel } = isQuick ? QUICK : FULL;
    const stage = await openStage({ peer, nodes: 2 });
    try {
      await stage.ask('rooms', { count: rooms });
      await stage.ask('enter', { members: MEMBERS, parallel, isStaying: true });
      await stage.ask('load', { rate, count: rate * warmUpS, senders: MEMBERS });
      const figures = await measureLoad(stage, { rate, count: rate * seconds, senders: MEMBERS });
      return [{ load: MANY_ROOMS_LOAD, figures }];
    } finally {
      await stage.close();
    }
  },
};
