/** What the checks share: where the cluster is, its Redis, the clients they opened, and what earlier checks found. */
import { Redis } from 'ioredis';
import { io, type Socket } from 'socket.io-client';
import { connectRaw, type RawClient } from '../cluster/raw-client.ts';

/** Where things are; `nodeUrls` may be empty where only nginx can be reached. */
export type Place = { url: string; redisUrl: string; nodeUrls: readonly string[] };

/** An answer under /api. */
export type Answer = { status: number; body: Record<string, unknown>; data: Record<string, unknown> };

/** A Socket.IO client that keeps what it heard. */
export type IoClient = {
  socket: Socket;
  heard(event: string, fits: (payload: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  ask(event: string, payload: object): Promise<Record<string, unknown>>;
};

export type World = {
  place: Place;
  redis: Redis;
  /** What a check leaves for the next ones; asking for what no check left fails. */
  keep(key: string, value: string): void;
  kept(key: string): string;
  rest(
    method: string,
    path: string,
    options?: { body?: unknown; token?: string; headers?: Record<string, string> },
  ): Promise<Answer>;
  raw(url?: string): Promise<RawClient>;
  socketio(options: {
    url?: string;
    transports: readonly ('polling' | 'websocket')[];
    token?: string;
  }): Promise<IoClient>;
  /** A client an earlier check opened and named. */
  clients: { raw: Map<string, RawClient>; io: Map<string, IoClient> };
  close(): Promise<void>;
};

/** How long a check waits for anything. */
const DEADLINE_MS = 8000;

/** Opens nothing yet but the connection to Redis. */
export function createWorld(place: Place): World {
  const facts = new Map<string, string>();
  const opened: (() => void)[] = [];
  const retry = { maxRetriesPerRequest: 0, commandTimeout: 3000, retryStrategy: () => null };
  const redis = new Redis(place.redisUrl, retry);
  redis.on('error', () => null);
  return {
    place,
    redis,
    keep: (key, value) => void facts.set(key, value),
    kept(key) {
      const value = facts.get(key);
      if (value === undefined) throw new Error('an earlier line failed that this one depends on');
      return value;
    },
    rest: (method, path, options = {}) => callRest(`${place.url}${path}`, method, options),
    async raw(url = place.url) {
      const client = await connectRaw(url, AbortSignal.timeout(DEADLINE_MS * 4));
      opened.push(client.close);
      return client;
    },
    async socketio({ url = place.url, transports, token }) {
      const socket = io(url, {
        transports: [...transports],
        forceNew: true,
        reconnection: false,
        auth: token ? { token } : {},
      });
      opened.push(() => socket.disconnect());
      return connected(socket);
    },
    clients: { raw: new Map(), io: new Map() },
    async close() {
      for (const close of opened) close();
      redis.disconnect();
    },
  };
}

async function callRest(
  url: string,
  method: string,
  { body, token, headers = {} }: { body?: unknown; token?: string; headers?: Record<string, string> },
): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const text = await answer.text();
  try {
    const parsed = JSON.parse(text) as Record<string, unknown>;
    return { status: answer.status, body: parsed, data: (parsed.data ?? {}) as Record<string, unknown> };
  } catch {
    throw new Error(`${method} ${url} answers ${answer.status} without JSON: ${text.slice(0, 120)}`);
  }
}

async function connected(socket: Socket): Promise<IoClient> {
  const events: { name: string; payload: Record<string, unknown> }[] = [];
  const wakers = new Set<() => void>();
  socket.onAny((name: string, payload: Record<string, unknown>) => {
    events.push({ name, payload });
    for (const wake of wakers) wake();
  });
  await within(
    new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject)),
    'Socket.IO does not connect',
  );
  const heard: IoClient['heard'] = (name, fits) => {
    const found = new Promise<Record<string, unknown>>((resolve) => {
      const look = () => {
        const event = events.find((entry) => entry.name === name && fits(entry.payload));
        if (event !== undefined) resolve(event.payload);
      };
      wakers.add(look);
      look();
    });
    return within(
      found,
      `Socket.IO did not receive '${name}'; it has ${JSON.stringify(events.map((entry) => entry.name))}`,
    );
  };
  return {
    socket,
    heard,
    ask: (event, payload) =>
      socket.timeout(DEADLINE_MS).emitWithAck(event, payload) as Promise<Record<string, unknown>>,
  };
}

/** Rejects with `otherwise` where the promise does not settle in time. */
export async function within<T>(promise: Promise<T>, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(otherwise)), DEADLINE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
