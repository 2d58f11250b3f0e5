/** One connection through the proxy: two pipes that can be late or stall, and the name that Redis was told. */
import type { Socket } from 'node:net';

/** The way that bytes go. */
export type Direction = 'toServer' | 'toClient';

/** A client and its server. */
export interface ProxiedConnection {
  /** Of `CLIENT SETNAME c2c:<node>:<role>`; empty until it was said. */
  nodeId(): string;
  role(): string;
  /** Answers arrive this much later. */
  delay(latencyMs: number): void;
  /** Passes nothing that way, the end of the connection included, until `resume`. */
  stall(direction: Direction): void;
  resume(): void;
  /** Resets both sides. */
  cut(): void;
}

type Life = { onNamed(connection: ProxiedConnection): void; onClosed(connection: ProxiedConnection): void };

const NAME = /c2c:([a-z0-9]+):([a-z]+)/;
/** A name is told within the first commands. */
const NAME_WITHIN_CHARS = 2_000;

/** Joins two sockets; it is over when both sides are. */
export function createProxiedConnection(client: Socket, upstream: Socket, life: Life): ProxiedConnection {
  const toServer = createPipe(client, upstream);
  const toClient = createPipe(upstream, client);
  let [nodeId, role, heard] = ['', '', ''];

  client.on('data', (chunk: Buffer) => {
    if (role !== '' || heard.length > NAME_WITHIN_CHARS) return;
    heard += chunk.toString('latin1');
    const name = NAME.exec(heard);
    if (name === null) return;
    [nodeId, role] = [name[1] ?? '', name[2] ?? ''];
    life.onNamed(connection);
  });
  for (const socket of [client, upstream]) {
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (client.destroyed && upstream.destroyed) life.onClosed(connection);
    });
  }

  const connection: ProxiedConnection = {
    nodeId: () => nodeId,
    role: () => role,
    delay: toClient.delay,
    stall: (direction) => (direction === 'toServer' ? toServer : toClient).stall(),
    resume() {
      toServer.resume();
      toClient.resume();
    },
    cut() {
      toServer.stall();
      toClient.stall();
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    },
  };
  return connection;
}

type Parcel = { atMs: number; pass(): void };

/** Everything that comes from `source`, its end included, in order and when it is due. */
function createPipe(source: Socket, target: Socket) {
  let queue: Parcel[] = [];
  let latencyMs = 0;
  let isStalled = false;
  let timer: NodeJS.Timeout | undefined;

  function add(pass: () => void): void {
    queue.push({ atMs: performance.now() + latencyMs, pass });
    pump();
  }

  function pump(): void {
    clearTimeout(timer);
    if (isStalled) return;
    const now = performance.now();
    const firstLate = queue.findIndex(({ atMs }) => atMs > now);
    const due = firstLate === -1 ? queue : queue.slice(0, firstLate);
    queue = firstLate === -1 ? [] : queue.slice(firstLate);
    for (const { pass } of due) pass();
    const [next] = queue;
    if (next) timer = setTimeout(pump, Math.max(1, next.atMs - now));
  }

  source.on('data', (chunk: Buffer) => {
    add(() => {
      if (target.writable && !target.write(chunk)) source.pause();
    });
  });
  target.on('drain', () => {
    if (!isStalled) source.resume();
  });
  source.on('end', () => add(() => target.end()));
  source.on('error', () => add(() => target.resetAndDestroy()));
  source.on('close', () => add(() => target.destroy()));
  source.resume();

  return {
    delay(ms: number): void {
      latencyMs = ms;
    },
    /** Bytes that the kernel still takes are kept, as a network would keep them. */
    stall(): void {
      isStalled = true;
      source.pause();
    },
    resume(): void {
      isStalled = false;
      pump();
      source.resume();
    },
  };
}
