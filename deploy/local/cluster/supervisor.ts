/** All parts of the cluster, and the order in which they end: nginx, the nodes side by side, then what they stand on. */
import type { Service } from '../services/redis.ts';
import { createKeeper, type Keeper, type Part } from './keeper.ts';

/** The parts that run. */
export type Supervisor = {
  /** Starts a part and from then on keeps it running. Rejects if the first start fails. */
  add(part: Part): Promise<Service>;
  /** Ends a part in order and starts it again. Rejects where there is none of that name or it does not come back. */
  restart(name: string): Promise<void>;
  /** Ends everything. */
  close(): Promise<void>;
};

/** `signal` ends the pauses before restarts. */
export function createSupervisor(signal: AbortSignal): Supervisor {
  const keepers: Keeper[] = [];
  return {
    async add(part) {
      const keeper = createKeeper(part, signal);
      keepers.push(keeper);
      return keeper.start();
    },
    async restart(name) {
      const keeper = keepers.find((candidate) => candidate.name === name);
      if (keeper === undefined) throw new Error(`there is no ${name}`);
      await keeper.restart();
    },
    async close() {
      for (const group of inOrderOfEnding(keepers)) await Promise.all(group.map((keeper) => keeper.stop()));
    },
  };
}

function inOrderOfEnding(keepers: readonly Keeper[]): Keeper[][] {
  const rank = ({ name }: Keeper) => (name === 'nginx' ? 0 : /^n\d+$/.test(name) ? 1 : 2);
  return [0, 1, 2].map((wanted) => keepers.filter((keeper) => rank(keeper) === wanted));
}
