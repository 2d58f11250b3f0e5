/** The door for plain WebSocket clients: `/ws`, one JSON object per text frame. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type CloseReason, LIMITS } from '../../protocol/index.ts';
import { createAuthDeadline } from '../auth-deadline.ts';
import { createConnectionId } from '../connection-id.ts';
import { CLOSE_PATIENCE_MS, type DoorDeps, type TakeUpgrade } from '../door.ts';
import { FloodWatch } from '../flood-watch.ts';
import { compactListeners, ReadSlack } from '../library-slack.ts';
import { createOpenSockets, refuseUpgrade } from '../open-sockets.ts';
import { createHeartbeat } from './heartbeat.ts';
import { LinkedWebSocket, type WebsocketLink } from './websocket-link.ts';
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
  WebSocket: LinkedWebSocket,
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

  const isLean = config.FANOUT_FAST_PATH === 'on';
  const door = { failures, ended, slack: isLean ? new ReadSlack() : null };

  function open(ws: LinkedWebSocket, req: IncomingMessage, socket: Duplex): void {
    const address = deps.addressOf(req);
    const peer = new WebsocketPeer({
      id: createConnectionId(config.NODE_ID),
      address,
      ws,
      socket,
      isFastPathOn: config.FANOUT_FAST_PATH === 'on',
      onCut,
    });
    const session = gateway.open(peer, req.headers['accept-language']);
    const pulse = heartbeat.start(peer);
    peer.pulse = pulse;
    peers.add(peer);
    deadline.watch(peer, session, performance.now());
    metrics?.opened('raw', address);
    if (isLean) for (const emitter of [socket, ws]) compactListeners(emitter);
    ws.link = { peer, session, pulse, flood: new FloodWatch(deps), door };
  }

  function ended({ peer, session, pulse }: WebsocketLink): void {
    pulse.stop();
    peers.delete(peer);
    deadline.forget(peer);
    metrics?.closed('raw', peer.address);
    session.closed();
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
