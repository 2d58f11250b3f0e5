/** A real HTTP server with both doors and an echoing service behind them, and clients to walk through. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Socket as ClientSocket, io, type ManagerOptions, type SocketOptions } from 'socket.io-client';
import { type ClientOptions, WebSocket } from 'ws';
import type { LimitName } from '../../src/service/limit-ports.ts';
import type { Rate } from '../../src/service/token-bucket.ts';
import { createClientAddress } from '../../src/transport/client-address.ts';
import type { DoorConfig } from '../../src/transport/door.ts';
import { createSocketioDoor, type SocketioDoor } from '../../src/transport/socketio/socketio-door.ts';
import { createWebsocketDoor, type WebsocketDoor } from '../../src/transport/websocket/websocket-door.ts';
import { createEchoGateway, type EchoGateway } from './echo-gateway.ts';
import { eventually } from './eventually.ts';
import { allowNativeWrites } from './native-writes.ts';

// As main.ts does.
allowNativeWrites();

/** `FANOUT_FAST_PATH=off npm test` runs every test without it. */
function fastPath(wanted: string | undefined): DoorConfig['FANOUT_FAST_PATH'] {
  return wanted === 'off' ? 'off' : 'on';
}

export const DOOR_CONFIG: DoorConfig = {
  NODE_ID: 'n1',
  PING_INTERVAL_MS: 10_000,
  PING_TIMEOUT_MS: 8_000,
  AUTH_DEADLINE_MS: 10_000,
  CORS_ORIGINS: '',
  PUBLIC_URL: '',
  FANOUT_FAST_PATH: fastPath(process.env.FANOUT_FAST_PATH),
};

/** How many frames a connection may send in these tests, unless they say otherwise. */
const FRAMES = { perSecond: 10_000, burst: 10_000 };

export interface Doors {
  readonly gateway: EchoGateway;
  readonly socketio: SocketioDoor;
  readonly websocket: WebsocketDoor;
  /** What was reported as a failure. */
  readonly failures: { stage: string; error: unknown }[];
  /** Which limits were reached. */
  readonly limited: LimitName[];
  readonly carriers: Map<string, number>;
  /** Why the doors ended connections. */
  readonly cuts: string[];
  readonly url: string;
  /** A stock Socket.IO client; it does not come back by itself. */
  socketioClient(options?: Partial<ManagerOptions & SocketOptions>): ClientSocket;
  websocketClient(options?: ClientOptions): Promise<JsonSocket>;
  close(): Promise<void>;
}

type Changes = Partial<DoorConfig & { TRUSTED_PROXIES: string; frames: Rate }>;

export async function openDoors(changes: Changes = {}): Promise<Doors> {
  const failures: Doors['failures'] = [];
  const limited: LimitName[] = [];
  const gateway = createEchoGateway();
  const carriers = new Map<string, number>();
  const cuts: string[] = [];
  const count = (step: number) => (carrier: string) => void carriers.set(carrier, (carriers.get(carrier) ?? 0) + step);
  const deps = {
    gateway,
    config: { ...DOOR_CONFIG, ...changes },
    failures: { report: (stage: string, error: unknown) => void failures.push({ stage, error }) },
    addressOf: createClientAddress(changes.TRUSTED_PROXIES ?? ''),
    frames: changes.frames ?? FRAMES,
    count: (limit: LimitName) => void limited.push(limit),
    metrics: { opened: count(1), closed: count(-1), cut: (_: string, reason: string) => void cuts.push(reason) },
  };
  const socketio = createSocketioDoor(deps);
  const websocket = createWebsocketDoor(deps);
  const server = createServer(socketio.request);
  server.on('upgrade', (req, socket, head) => {
    (req.url?.startsWith('/ws') ? websocket : socketio).upgrade(req, socket, head);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const ends: (() => void)[] = [];

  return {
    gateway,
    socketio,
    websocket,
    failures,
    limited,
    carriers,
    cuts,
    url,
    socketioClient(options = {}) {
      const client = io(url, { forceNew: true, reconnection: false, transports: ['websocket'], ...options });
      ends.push(() => client.disconnect());
      return client;
    },
    async websocketClient(options = {}) {
      const client = new JsonSocket(new WebSocket(`${url.replace('http', 'ws')}/ws`, options));
      ends.push(() => client.ws.terminate());
      await once(client.ws, 'open');
      return client;
    },
    async close() {
      for (const end of ends) end();
      await Promise.all([socketio.close(), websocket.close()]);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A `/ws` client that keeps what it gets until somebody asks for it. */
export class JsonSocket {
  readonly ws: WebSocket;
  readonly #got: Record<string, unknown>[] = [];
  #wake = (): void => undefined;

  constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', (data) => {
      this.#got.push(JSON.parse(data.toString()));
      this.#wake();
    });
    ws.on('error', () => undefined);
  }

  send(message: unknown): void {
    this.ws.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next message, in order. */
  async next(): Promise<Record<string, unknown>> {
    const message = this.#got.shift();
    if (message) return message;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    return this.next();
  }

  async closeCode(): Promise<number> {
    const [code] = await once(this.ws, 'close');
    return code;
  }
}

/** Resolves once the condition holds; fails after a deadline. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  await eventually(
    () => (condition() ? 'it is so' : `never: ${what}`),
    (state) => state === 'it is so',
    8_000,
  );
}

/** The first argument of the client's next event of that name. */
export async function nextEvent(client: ClientSocket, event: string): Promise<unknown> {
  return new Promise((resolve) => {
    client.once(event, resolve);
  });
}
