/** A way to a cluster that sees every frame and may swallow one: what a node that loses messages looks like from outside. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RawData, WebSocket, WebSocketServer } from 'ws';

/** A running proxy. `delivered` counts the messages of chats that came by, swallowed or not. */
export interface FrameProxy {
  readonly url: string;
  readonly delivered: () => number;
  close(): Promise<void>;
}

/** A chat message on either door. */
const MESSAGE = /^(42\["msg",|\{"t":"msg",)/;

/** `isLost` decides about the n-th message (from 1 on) over all connections. */
export async function startFrameProxy(target: string, isLost: (n: number) => boolean): Promise<FrameProxy> {
  let delivered = 0;
  const server = createServer((incoming, answer) => passOn(target, incoming, answer));
  const door = new WebSocketServer({ server, perMessageDeflate: false });
  door.on('connection', (client, { url = '/' }) => {
    const upstream = new WebSocket(`${target.replace(/^http/, 'ws')}${url}`, { perMessageDeflate: false });
    const early: string[] = [];
    client.on('message', (data) => {
      if (upstream.readyState === WebSocket.OPEN) upstream.send(String(data));
      else early.push(String(data));
    });
    upstream.on('open', () => {
      for (const frame of early.splice(0)) upstream.send(frame);
    });
    upstream.on('message', (data: RawData) => {
      const frame = String(data);
      if (MESSAGE.test(frame)) {
        delivered += 1;
        if (isLost(delivered)) return;
      }
      client.send(frame);
    });
    for (const [here, there] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      here.on('error', () => undefined);
      here.on('close', () => there.close());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    delivered: () => delivered,
    async close() {
      for (const client of door.clients) client.terminate();
      door.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function passOn(target: string, incoming: IncomingMessage, answer: ServerResponse): void {
  const { method, url = '/', headers } = incoming;
  const passed = request(`${target}${url}`, { method, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  });
  passed.on('error', () => answer.writeHead(502).end());
  incoming.pipe(passed);
}
