/** Engine.IO connections from their first byte on: what their first request told, before it is forgotten. */
import type { IncomingMessage } from 'node:http';
import type { Server as EngineServer, Socket as EngineSocket } from 'engine.io';
import type { ClientAddress } from '../client-address.ts';
import type { Carrier, DoorMetrics } from '../door.ts';
import { dropHandshakeRequest, limitPollingAnswers } from './engine-internals.ts';

/** What is known of a connection before its client says anything. `openedAtMs` by `performance.now()`. */
export type Arrival = { address: string; language: string | undefined; openedAtMs: number };

/** Engine.IO connections that are open. */
export interface Arrivals {
  /** Null for a connection that has ended. */
  of(conn: EngineSocket): Arrival | null;
  all(): Iterable<EngineSocket>;
}

/** Must listen before Socket.IO is bound to the engine: what it notes down is needed from the first packet on. */
export function watchArrivals(engine: EngineServer, addressOf: ClientAddress, metrics?: DoorMetrics): Arrivals {
  const arrivals = new Map<EngineSocket, Arrival>();
  engine.on('connection', (conn: EngineSocket) => {
    arrivals.set(conn, describe(conn.request, addressOf));
    dropHandshakeRequest(conn);
    limitPollingAnswers(conn);
    conn.once('close', () => arrivals.delete(conn));
    if (metrics) count(conn, metrics);
  });
  return { of: (conn) => arrivals.get(conn) ?? null, all: () => arrivals.keys() };
}

function describe(req: IncomingMessage, addressOf: ClientAddress): Arrival {
  return { address: addressOf(req), language: req.headers['accept-language'], openedAtMs: performance.now() };
}

function count(conn: EngineSocket, metrics: DoorMetrics): void {
  let carrier: Carrier = conn.transport.name === 'polling' ? 'polling' : 'websocket';
  metrics.opened(carrier);
  conn.once('upgrade', () => {
    metrics.closed(carrier);
    carrier = 'websocket';
    metrics.opened(carrier);
  });
  conn.once('close', () => metrics.closed(carrier));
}
