/** What a connection costs that only listens: memory of the node after garbage was collected. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from '../machine/child.ts';
import { residentBytes } from '../machine/processes.ts';
import { openStage, type Stage } from '../stage.ts';
import type { Scenario } from './scenario.ts';

const MEMBERS = 10;
const FULL = { rooms: 1_000, parallel: 200, settleMs: 4_000 };
const QUICK = { rooms: 20, parallel: 50, settleMs: 200 };
const WARM_UP = 30;
const KIB = 1_024;

/** The load as figures are filed under it. */
export const IDLE_LOAD = 'idle';

/** Memory of ten thousand listeners. */
export const IDLE_CONNECTIONS: Scenario = {
  name: 'idle-connections',
  title: `${FULL.rooms * MEMBERS} idle connections on one node, ${MEMBERS} to a room`,
  peers: ['stock', 'bun', 'c2c', 'c2c-ws'],
  quickPeers: ['stock', 'c2c-ws'],
  repeats: 2,
  seconds: ({ isQuick }) => (isQuick ? 4 : 28),
  async run(peer, { isQuick }) {
    const { rooms, parallel, settleMs } = isQuick ? QUICK : FULL;
    // One address has ports for 28 000 connections, some of which earlier runs still hold.
    const stage = await openStage({ peer, nodes: 1, addresses: 4, isMemoryMeasured: true });
    try {
      await stage.ask('rooms', { count: rooms });
      // The code and the buffers that the first connections bring are not theirs.
      await stage.ask('warmUp', { members: WARM_UP });
      const before = await memory(stage);
      const entered = await stage.ask('enter', { members: MEMBERS, parallel, isStaying: true });
      await delay(settleMs);
      const after = await memory(stage);
      const idleCpu = await idleCpuShare(stage, settleMs);
      const kib = (bytes: number) => bytes / entered.count / KIB;
      const figures = {
        connections: entered.count,
        residentKib: kib(after.resident - before.resident),
        heapKib: kib(after.heap - before.heap),
        idleCpuShare: idleCpu,
      };
      return [{ load: IDLE_LOAD, figures }];
    } finally {
      await stage.close();
    }
  },
};

async function memory({ nodes: [node] }: Stage): Promise<{ resident: number; heap: number }> {
  if (node === undefined) throw new Error('there is no node');
  const heap = await collectGarbage(node);
  return { heap, resident: residentBytes(node.pid) };
}

/** `peers/memory-probe.mjs` answers. */
async function collectGarbage({ process }: Child): Promise<number> {
  const answered = once(process, 'message', { signal: AbortSignal.timeout(60_000) });
  process.send('collect');
  const [{ heapBytes }] = (await answered) as [{ heapBytes: number }];
  return heapBytes;
}

/** Heartbeats and presence of connections that do nothing: share of one core. */
async function idleCpuShare(stage: Stage, ms: number): Promise<number> {
  const [before = 0] = stage.cpu().nodes;
  await delay(ms);
  const [after = 0] = stage.cpu().nodes;
  return (after - before) / (ms / 1_000);
}
