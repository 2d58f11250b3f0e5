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
export type Newcomer = { address: string; language: string | undefined; openedAtMs: number; attempts: number };

/** Engine.IO connections that are open. */
export interface Newcomers {
  /** Null for a connection that has ended. */
  of(conn: EngineSocket): Newcomer | null;
  all(): Iterable<EngineSocket>;
}

/** Must listen before Socket.IO is bound to the engine: what it notes down is needed from the first packet on. */
export function watchNewcomers(engine: EngineServer, deps: DoorDeps): Newcomers {
  const newcomers = new Map<EngineSocket, Newcomer>();
  engine.on('connection', (conn: EngineSocket) => {
    const newcomer = describe(conn.request, deps.addressOf);
    newcomers.set(conn, newcomer);
    dropHandshakeRequest(conn);
    limitPollingAnswers(conn);
    conn.once('close', () => newcomers.delete(conn));
    const flood = new FloodWatch(deps);
    conn.on('packet', () => {
      if (flood.isTooMuch()) cutEngine(conn);
    });
    if (deps.metrics) count(conn, deps.metrics, newcomer.address);
  });
  return { of: (conn) => newcomers.get(conn) ?? null, all: () => newcomers.keys() };
}

function describe(req: IncomingMessage, addressOf: ClientAddress): Newcomer {
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
  conn.once('close', (reason) => {
    metrics.closed(carrier, address);
    // The engine's own cut: gone, or too slow to read as far as the ping.
    if (reason === 'ping timeout') metrics.cut('socketio', 'HEARTBEAT_LOST');
  });
}
