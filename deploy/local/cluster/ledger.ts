/** The launcher's own copy of `cluster.json`: every change is on the disk before the next thing happens. */

import { markOf } from '../process/identity.ts';
import { type ClusterState, type PartState, removeState, writeState } from './state.ts';

/** Where a part is noted. */
export type Slot = 'redis' | 'postgres' | 'nginx' | 'node' | 'observer';

export type Ledger = {
  state(): ClusterState;
  /** Notes a part or its newest process; the process's identity is looked up. */
  note(slot: Slot, part: Omit<PartState, 'identity'>): void;
  update(change: Partial<Pick<ClusterState, 'state' | 'url' | 'postgres' | 'observers'>>): void;
  /** Nothing runs any more. */
  clear(): void;
};

/** Begins the state file of a cluster that starts now. */
export function createLedger(home: string, start: Pick<ClusterState, 'url' | 'control'>): Ledger {
  let state: ClusterState = {
    version: 1,
    state: 'starting',
    startedAt: new Date().toISOString(),
    ...start,
    launcher: markOf(process.pid),
    redis: null,
    postgres: null,
    nodes: [],
    nginx: null,
  };
  const update = (change: Partial<ClusterState>) => {
    state = { ...state, ...change };
    writeState(home, state);
  };
  update({});
  return {
    state: () => state,
    note(slot, part) {
      const noted = { ...part, identity: part.pid === null ? null : markOf(part.pid).identity };
      if (slot === 'node') return update({ nodes: withPart(state.nodes, noted).sort((a, b) => a.port - b.port) });
      if (slot === 'observer') return update({ observers: withPart(state.observers ?? [], noted) });
      update({ [slot]: noted });
    },
    update,
    clear: () => removeState(home),
  };
}

function withPart(parts: readonly PartState[], part: PartState): PartState[] {
  return [...parts.filter(({ name }) => name !== part.name), part];
}
