/** A way to nginx that sees every WebSocket frame, of both doors, and can cut a connection at any of them or all at once. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import WebSocket, { WebSocketServer } from 'ws';
import type { Front } from './scenario.ts';

/** Where a frame is: written by the client (`up`) or by the server (`down`). */
export type Direction = 'up' | 'down';

/** What happens with a frame: it passes, is lost with the connection, or passes and the connection is lost right after. */
export type Fate = 'pass' | 'cut-instead' | 'cut-after';

/** Decides about each frame of a connection. One judge a connection. */
export type Judge = (direction: Direction, frame: string) => Fate;

/** A running proxy. */
export interface FrameProxy extends Front {
  /** Cuts every connection and lets nobody in until `letIn`. */
  shutOut(): void;
  letIn(): void;
}

const PASS: Judge = () => 'pass';

/** Starts a proxy before `target`; `judgeOf` is asked for each new connection. */
export async function startFrameProxy(target: string, judgeOf: () => Judge = () => PASS): Promise<FrameProxy> {
  const server = createServer((_request, response) => response.writeHead(503).end());
  const door = new WebSocketServer({ server, verifyClient: () => isOpen });
  const pairs = new Set<() => void>();
  let isOpen = true;
  door.on('connection', (client, request) => {
    const upstream = new WebSocket(`${target.replace(/^http/, 'ws')}${request.url ?? '/'}`);
    const cut = () => {
      pairs.delete(cut);
      client.terminate();
      upstream.terminate();
    };
    pairs.add(cut);
    relay({ client, upstream, judge: judgeOf(), cut });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cutAll = () => {
    for (const cut of [...pairs]) cut();
  };
  return {
    urlOf: () => `http://127.0.0.1:${port}`,
    shutOut() {
      isOpen = false;
      cutAll();
    },
    letIn() {
      isOpen = true;
    },
    async close() {
      cutAll();
      door.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

type Pair = { client: WebSocket; upstream: WebSocket; judge: Judge; cut: () => void };

function relay({ client, upstream, judge, cut }: Pair): void {
  const early: string[] = [];
  let isDoomed = false;
  const pass = (to: WebSocket, direction: Direction, frame: string) => {
    if (isDoomed) return;
    const fate = judge(direction, frame);
    isDoomed = fate !== 'pass';
    if (fate === 'cut-instead') return cut();
    // The callback comes when the kernel has the bytes; an orderly end lets the other side read them.
    to.send(frame, fate === 'cut-after' ? () => endAfter(to, cut) : undefined);
  };
  client.on('message', (data) => {
    if (upstream.readyState === WebSocket.CONNECTING) early.push(String(data));
    else if (upstream.readyState === WebSocket.OPEN) pass(upstream, 'up', String(data));
  });
  upstream.on('open', () => {
    for (const frame of early.splice(0)) pass(upstream, 'up', frame);
  });
  upstream.on('message', (data) => {
    if (client.readyState === WebSocket.OPEN) pass(client, 'down', String(data));
  });
  for (const socket of [client, upstream]) {
    socket.on('error', () => undefined);
    socket.on('close', cut);
  }
}

/** `terminate` resets, and a reset can overtake what was written; so the side that has to get the frame is closed first. */
function endAfter(to: WebSocket, cut: () => void): void {
  to.once('close', cut);
  to.close();
}
