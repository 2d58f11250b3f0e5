/** `.c2c/cluster.json`: what runs, for the other commands, for tests, and for the next launcher if this one is killed. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type Mark, markOf } from '../process/identity.ts';

/** One process of the cluster. `pid` is null for a server somebody else runs (`REDIS_URL`, `DATABASE_URL`). */
export type PartState = {
  name: string;
  pid: number | null;
  identity: string | null;
  port: number;
  url: string;
  log: string | null;
  source: string;
};

/** The whole file. Additions are allowed; names and meanings stay as long as `version` does. */
export type ClusterState = {
  version: 1;
  state: 'starting' | 'running' | 'stopping';
  startedAt: string;
  /** Where people find the page: through nginx. */
  url: string;
  launcher: Mark;
  /** The Unix socket `npm run cluster` talks to. */
  control: string;
  redis: PartState | null;
  postgres: PartState | null;
  nodes: PartState[];
  nginx: PartState | null;
  /** With `--observe`: Prometheus, its exporters, Grafana. */
  observers?: PartState[];
};

const FILE = 'cluster.json';

/** The state as it was last written; null where there is none or it cannot be read. */
export function readState(home: string): ClusterState | null {
  try {
    const state: unknown = JSON.parse(readFileSync(join(home, FILE), 'utf8'));
    return isState(state) ? state : null;
  } catch {
    return null;
  }
}

function isState(value: unknown): value is ClusterState {
  return (
    typeof value === 'object' && value !== null && 'version' in value && value.version === 1 && 'launcher' in value
  );
}

/** Replaces the file in one step. It holds the database's password, so only its owner reads it. */
export function writeState(home: string, state: ClusterState): void {
  const half = join(home, `${FILE}.${process.pid}`);
  writeFileSync(half, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(half, join(home, FILE));
}

/** Nothing runs any more. */
export function removeState(home: string): void {
  rmSync(join(home, FILE), { force: true });
}

/** The cluster that runs now, with its launcher alive; null if none. */
export function runningCluster(home: string): ClusterState | null {
  const state = readState(home);
  return state !== null && isAlive(state.launcher) ? state : null;
}

/** All parts in the order in which they are ended. */
export function partsOf(state: ClusterState): PartState[] {
  const { nginx, nodes, redis, postgres, observers = [] } = state;
  return [nginx, ...nodes, redis, postgres, ...observers].filter((part) => part !== null);
}

/** Processes that a killed launcher left behind. */
export function leftovers(state: ClusterState): { name: string; mark: Mark }[] {
  return partsOf(state).flatMap(({ name, pid, identity }) => {
    const mark = { pid: pid ?? -1, identity: identity ?? '' };
    return pid !== null && isAlive(mark) ? [{ name, mark }] : [];
  });
}

/**
 * Makes this process the launcher of `home`. Answers false where another one is; two that start in the same moment
 * cannot both succeed.
 */
export function becomeLauncher(home: string): boolean {
  const file = join(home, 'launcher.lock');
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(markOf(process.pid)), { flag: 'wx' });
      return true;
    } catch (error) {
      if (!isExisting(error)) throw error;
    }
    if (isHeld(file)) return false;
    rmSync(file, { force: true });
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function isHeld(file: string): boolean {
  try {
    const mark: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof mark === 'object' && mark !== null && isAlive(mark as Mark);
  } catch {
    return false;
  }
}

/** The opposite of `becomeLauncher`. */
export function resignLauncher(home: string): void {
  rmSync(join(home, 'launcher.lock'), { force: true });
}
