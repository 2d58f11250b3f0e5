/** What one model run consists of. Types only. */
import type { Connection } from './connection.ts';
import type { Device } from './device.ts';
import type { Sim } from './sim.ts';
import type { SimNode } from './sim-node.ts';
import type { SimServer } from './sim-server.ts';

/** Everything that takes part in a run. */
export type World = {
  sim: Sim;
  server: SimServer;
  nodes: readonly SimNode[];
  devices: readonly Device<Connection>[];
  /** Requests that were not answered yet. */
  open: Set<string>;
};
