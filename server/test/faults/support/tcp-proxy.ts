/** A loopback proxy in front of Redis that breaks connections the way networks do: late, silent on one side, cut, refused. */
import { once } from 'node:events';
import { createServer, connect as openSocket, type Socket } from 'node:net';
import { createProxiedConnection, type Direction, type ProxiedConnection } from './proxied-connection.ts';

/** Which connections a fault is for: all of them unless a node or a role (`commands`, `send`, …) is named. */
export type Selection = { nodeId?: string; role?: string };

/** A proxy for one server; faults hold for the connections of their time, `delay` and `refuse` for later ones as well. */
export interface TcpProxy {
  readonly port: number;
  /** `redis://127.0.0.1:<port>`. */
  readonly url: string;
  /** Open connections that fit. */
  connections(selection?: Selection): ProxiedConnection[];
  /** What the server answers arrives this much later, from now on. 0 ends it. */
  delay(latencyMs: number, selection?: Selection): void;
  /** Nothing passes any more that way (both unless named), and nobody is told; answers how many connections that hit. */
  stall(selection?: Selection, directions?: readonly Direction[]): number;
  /** Lets what is stalled flow again, from where it stopped. */
  resume(selection?: Selection): void;
  /** Resets connections; answers how many. */
  cut(selection?: Selection): number;
  /** From now on newcomers are reset at once, or, with false, let in again. */
  refuse(isRefusing: boolean): void;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Listens on a free port and passes everything on to `targetPort`. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const open = new Set<ProxiedConnection>();
  const latencies: { selection: Selection; latencyMs: number }[] = [];
  let isRefusing = false;

  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    client.on('error', () => undefined);
    if (isRefusing) return void client.resetAndDestroy();
    const upstream = openSocket({ port: targetPort, host: HOST, allowHalfOpen: true });
    add(client, upstream);
  }).listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  function add(client: Socket, upstream: Socket): void {
    const connection = createProxiedConnection(client, upstream, {
      onNamed: (named) => named.delay(latencyOf(named)),
      onClosed: (closed) => open.delete(closed),
    });
    connection.delay(latencyOf(connection));
    open.add(connection);
  }

  function latencyOf(connection: ProxiedConnection): number {
    return latencies.findLast(({ selection }) => fits(connection, selection))?.latencyMs ?? 0;
  }

  const select = (selection: Selection = {}) => [...open].filter((connection) => fits(connection, selection));
  return {
    port: address.port,
    url: `redis://${HOST}:${address.port}`,
    connections: select,
    delay(latencyMs, selection = {}) {
      latencies.push({ selection, latencyMs });
      for (const connection of select(selection)) connection.delay(latencyMs);
    },
    stall(selection, directions = ['toServer', 'toClient']) {
      const hit = select(selection);
      for (const connection of hit) for (const direction of directions) connection.stall(direction);
      return hit.length;
    },
    resume(selection) {
      for (const connection of select(selection)) connection.resume();
    },
    cut(selection) {
      const hit = select(selection);
      for (const connection of hit) connection.cut();
      return hit.length;
    },
    refuse(refusing) {
      isRefusing = refusing;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const connection of select()) connection.cut();
      await closed;
    },
  };
}

function fits({ nodeId, role }: ProxiedConnection, selection: Selection): boolean {
  const isNode = selection.nodeId === undefined || selection.nodeId === nodeId();
  return isNode && (selection.role === undefined || selection.role === role());
}
