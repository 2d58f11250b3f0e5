/** Engine.IO connections from their first byte on: what their first request told, before it is forgotten. */
import type { IncomingMessage } from 'node:http';
import type { Server as EngineServer, Socket as EngineSocket } from 'engine.io';
import type { ClientAddress } from '../client-address.ts';

import type { Carrier, DoorDeps, DoorMetrics } from '../door.ts';
import { FloodWatch } from '../flood-watch.ts';
import { cutEngine, limitPollingAnswers } from './engine-writes.ts';
import { dropHandshakeRequest } from './library-internals.ts';

/**
 * What is known of a connection before its client says anything. `openedAtMs` by `performance.now()`; `attempts` counts
 * how often it has asked to be let into the namespace.
 */
export type Arrival = { address: string; language: string | undefined; openedAtMs: number; attempts: number };

/** Engine.IO connections that are open. */
export interface Arrivals {
  /** Null for a connection that has ended. */
  of(conn: EngineSocket): Arrival | null;
  all(): Iterable<EngineSocket>;
}

/** Must listen before Socket.IO is bound to the engine: what it notes down is needed from the first packet on. */
export function watchArrivals(engine: EngineServer, deps: DoorDeps): Arrivals {
  const arrivals = new Map<EngineSocket, Arrival>();
  engine.on('connection', (conn: EngineSocket) => {
    const arrival = describe(conn.request, deps.addressOf);
    arrivals.set(conn, arrival);
    dropHandshakeRequest(conn);
    limitPollingAnswers(conn);
    conn.once('close', () => arrivals.delete(conn));
    const flood = new FloodWatch(deps);
    conn.on('packet', () => {
      if (flood.isTooMuch()) cutEngine(conn);
    });
    if (deps.metrics) count(conn, deps.metrics, arrival.address);
  });
  return { of: (conn) => arrivals.get(conn) ?? null, all: () => arrivals.keys() };
}

function describe(req: IncomingMessage, addressOf: ClientAddress): Arrival {
  return {
    address: addressOf(req),
    language: req.headers['accept-language'],
    openedAtMs: performance.now(),
    attempts: 0,
  };
}

function count(conn: EngineSocket, metrics: DoorMetrics, address: string): void {
  let carrier: Carrier = conn.transport.name === 'polling' ? 'polling' : 'websocket';
  metrics.opened(carrier, address);
  conn.once('upgrade', () => {
    metrics.closed(carrier, address);
    carrier = 'websocket';
    metrics.opened(carrier, address);
  });
  conn.once('close', () => metrics.closed(carrier, address));
}
