/** Engine.IO connections from their first byte on: what their first request told, before it is forgotten. */
import type { Server as EngineServer, Socket as EngineSocket } from 'engine.io';
import type { Carrier, DoorDeps } from '../door.ts';
import { FloodWatch } from '../flood-watch.ts';
import { ReadSlack } from '../library-slack.ts';
import { cutEngine, limitPollingAnswers } from './engine-writes.ts';
import { compactConnection, dropHandshakeRequest, webSocketOf } from './library-internals.ts';

/**
 * What is known of a connection before its client says anything. `openedAtMs` by `performance.now()`; `attempts` counts
 * how often it has asked to be let into the namespace. `seat` is what it has there: one, or it would get everything twice.
 */
export type Newcomer = {
  readonly address: string;
  readonly language: string | undefined;
  readonly openedAtMs: number;
  readonly flood: FloodWatch;
  carrier: Carrier;
  attempts: number;
  seat: Seat | null;
};

/** A place in the namespace, of whoever speaks on the connection. */
export interface Seat {
  /** The connection has ended. */
  end(): void;
}

/** Engine.IO connections that are open. */
export interface Newcomers {
  /** Null for a connection that has ended. */
  of(conn: EngineSocket): Newcomer | null;
  all(): Iterable<EngineSocket>;
}

/** Must listen before Socket.IO is bound to the engine: what it notes down is needed from the first packet on. */
export function watchNewcomers(engine: EngineServer, deps: DoorDeps): Newcomers {
  const { metrics, addressOf } = deps;
  const isLean = deps.config.FANOUT_FAST_PATH === 'on';
  const slack = new ReadSlack();
  const newcomers = new Map<EngineSocket, Newcomer>();

  // Listeners of all connections: one each would cost more than what they do.
  function onPacket(this: EngineSocket): void {
    if (newcomers.get(this)?.flood.isTooMuch()) cutEngine(this);
    const webSocket = isLean ? webSocketOf(this) : null;
    if (webSocket !== null) slack.later(webSocket);
  }
  function onUpgrade(this: EngineSocket): void {
    const newcomer = newcomers.get(this);
    if (newcomer === undefined) return;
    metrics?.closed(newcomer.carrier, newcomer.address);
    newcomer.carrier = 'websocket';
    metrics?.opened(newcomer.carrier, newcomer.address);
    if (isLean) setImmediate(compactConnection, this);
  }
  function onClose(this: EngineSocket, reason: string): void {
    const newcomer = newcomers.get(this);
    newcomers.delete(this);
    if (newcomer === undefined) return;
    newcomer.seat?.end();
    metrics?.closed(newcomer.carrier, newcomer.address);
    // The engine's own cut: gone, or too slow to read as far as the ping.
    if (reason === 'ping timeout') metrics?.cut('socketio', 'HEARTBEAT_LOST');
  }

  engine.on('connection', (conn: EngineSocket) => {
    const newcomer: Newcomer = {
      address: addressOf(conn.request),
      language: conn.request.headers['accept-language'],
      openedAtMs: performance.now(),
      flood: new FloodWatch(deps),
      carrier: conn.transport.name === 'polling' ? 'polling' : 'websocket',
      attempts: 0,
      seat: null,
    };
    newcomers.set(conn, newcomer);
    dropHandshakeRequest(conn);
    limitPollingAnswers(conn);
    conn.on('packet', onPacket);
    if (newcomer.carrier === 'polling') conn.once('upgrade', onUpgrade);
    conn.on('close', onClose);
    metrics?.opened(newcomer.carrier, newcomer.address);
  });
  return { of: (conn) => newcomers.get(conn) ?? null, all: () => newcomers.keys() };
}
