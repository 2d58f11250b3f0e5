/** The door for Socket.IO clients, over polling and WebSocket. */
import { once } from 'node:events';
import type { Server } from 'socket.io';
import { createAuthDeadline } from '../auth-deadline.ts';
import { CLOSE_PATIENCE_MS, type DoorDeps, type TakeRequest, type TakeUpgrade } from '../door.ts';
import { createOpenSockets, refuseUpgrade } from '../open-sockets.ts';
import { createOriginRule } from '../origins.ts';
import { createEngine, createIo } from './engine-server.ts';
import { upgradeWithoutResponse } from './library-internals.ts';
import { watchNewcomers } from './newcomers.ts';
import { serveSocketio } from './socketio-links.ts';

/** The door; the front door hands it the requests and upgrades of its path. */
export interface SocketioDoor {
  request: TakeRequest;
  upgrade: TakeUpgrade;
  /** For the control plane only: nothing else emits through it. */
  readonly io: Server;
  /** Connections open now. */
  count(): number;
  /** Refuses newcomers, ends every connection with SERVER_DRAINING and resolves when all are gone. Idempotent. */
  close(): Promise<void>;
}

/** Opens the door. */
export function createSocketioDoor(deps: DoorDeps): SocketioDoor {
  const { config, failures } = deps;
  const engine = createEngine(config, createOriginRule(config));
  const newcomers = watchNewcomers(engine, deps);
  const io = createIo(engine, config);
  const deadline = createAuthDeadline(config.AUTH_DEADLINE_MS, failures);
  const links = serveSocketio(io, { ...deps, newcomers, deadline });
  const sockets = createOpenSockets();
  let closing: Promise<void> | null = null;

  async function hangUp(): Promise<void> {
    const closed = [...newcomers.all()].map((conn) => {
      const gone = once(conn, 'close');
      // As a peer does it for SERVER_DRAINING; this reaches connections without a handshake too.
      conn.close();
      return gone;
    });
    await within(CLOSE_PATIENCE_MS, Promise.all(closed));
  }

  async function close(): Promise<void> {
    await hangUp();
    await io.close();
    await sockets.drained(CLOSE_PATIENCE_MS);
    deadline.close();
  }

  return {
    io,
    request(req, res) {
      // Polls of those who are being closed still come through: they carry the goodbye.
      if (closing && !hasSid(req.url)) res.writeHead(503, { 'Retry-After': '1' }).end();
      else engine.handleRequest(req, res);
    },
    upgrade(req, socket, head) {
      if (closing) return refuseUpgrade(socket);
      sockets.add(socket);
      upgradeWithoutResponse(socket, () => engine.handleUpgrade(req, socket, head));
    },
    count: links.count,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

function hasSid(url = ''): boolean {
  return /[?&]sid=/.test(url);
}

async function within(patienceMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  await Promise.race([work, patience]);
  clearTimeout(timer);
}
