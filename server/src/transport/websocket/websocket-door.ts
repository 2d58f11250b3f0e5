/** The door for plain WebSocket clients: `/ws`, one JSON object per text frame. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type CloseReason, LIMITS } from '../../protocol/index.ts';
import { createAuthDeadline } from '../auth-deadline.ts';
import { createConnectionId } from '../connection-id.ts';
import { CLOSE_PATIENCE_MS, type DoorDeps, type TakeUpgrade } from '../door.ts';
import { FloodWatch } from '../flood-watch.ts';
import { createOpenSockets, refuseUpgrade } from '../open-sockets.ts';
import { createHeartbeat, type Pulse } from './heartbeat.ts';
import { serveWebsocket } from './websocket-link.ts';
import { WebsocketPeer } from './websocket-peer.ts';

/** The door; the front door hands it the upgrades of its path. */
export interface WebsocketDoor {
  upgrade: TakeUpgrade;
  /** Connections open now. */
  count(): number;
  /** Refuses newcomers, ends every connection with SERVER_DRAINING and resolves when all are gone. Idempotent. */
  close(): Promise<void>;
}

/** Ends clients that do not answer our close frame; the option is newer than the type definitions. */
const SERVER_OPTIONS = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: LIMITS.payloadBytes,
  closeTimeout: CLOSE_PATIENCE_MS,
};

/** Opens the door. */
export function createWebsocketDoor(deps: DoorDeps): WebsocketDoor {
  const { gateway, config, failures, metrics } = deps;
  const server = new WebSocketServer(SERVER_OPTIONS);
  const deadline = createAuthDeadline(config.AUTH_DEADLINE_MS, failures);
  const heartbeat = createHeartbeat({
    pingIntervalMs: config.PING_INTERVAL_MS,
    pingTimeoutMs: config.PING_TIMEOUT_MS,
    failures,
  });
  const sockets = createOpenSockets();
  const peers = new Set<WebsocketPeer>();
  let closing: Promise<void> | null = null;
  const onCut = (reason: CloseReason): void => metrics?.cut('websocket', reason);

  function open(ws: WebSocket, req: IncomingMessage, socket: Duplex): void {
    let pulse: Pulse | null = null;
    const address = deps.addressOf(req);
    const peer = new WebsocketPeer({
      id: createConnectionId(config.NODE_ID),
      address,
      ws,
      socket,
      isFastPathOn: config.FANOUT_FAST_PATH === 'on',
      onDelivered: () => pulse?.delivered(),
      onCut,
    });
    const session = gateway.open(peer, req.headers['accept-language']);
    const started = heartbeat.start(peer);
    pulse = started;
    peers.add(peer);
    deadline.watch(peer, session, performance.now());
    metrics?.opened('raw', address);
    const flood = new FloodWatch(deps);
    serveWebsocket({ ws, peer, session, pulse: started, flood, failures }, () => {
      started.stop();
      peers.delete(peer);
      deadline.forget(peer);
      metrics?.closed('raw', address);
      session.closed();
    });
  }

  async function close(): Promise<void> {
    for (const peer of peers) peer.close('SERVER_DRAINING');
    await sockets.drained(CLOSE_PATIENCE_MS);
    deadline.close();
    heartbeat.close();
    server.close();
  }

  return {
    upgrade(req, socket, head) {
      if (closing) return refuseUpgrade(socket);
      sockets.add(socket);
      server.handleUpgrade(req, socket, head, (ws) => {
        try {
          open(ws, req, socket);
        } catch (error) {
          failures.report('transport.websocket', error);
          ws.terminate();
        }
      });
    },
    count: () => peers.size,
    close() {
      closing ??= close();
      return closing;
    },
  };
}
