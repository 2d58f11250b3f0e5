/** `chan:<roomId>` over one Redis subscriber: subscriptions that are confirmed, and restored by us after every loss. */
import type { Redis } from 'ioredis';
import { ChatError } from '../service/chat-error.ts';
import type { Bus, BusListener } from '../service/live-ports.ts';
import type { Clock, Failures } from '../service/ports.ts';
import { createLiveness } from './liveness.ts';

/** What the bus needs. `publishCanary` goes through the command connection, so that both ways are proven. */
export type RedisBusDeps = {
  subscriber: Redis;
  nodeId: string;
  channelOf(roomId: string): string;
  publishCanary(channel: string, payload: string): Promise<unknown>;
  canaryIntervalMs: number;
  listener: BusListener;
  failures: Failures;
  clock: Clock;
};

/** A bus whose round trip can be proven on demand: `probe` resolves once a publication of now has come back. */
export interface ProvableBus extends Bus {
  probe(): Promise<void>;
}

/** Channels per SUBSCRIBE: a command of some 10 KB. */
const BATCH = 500;

type Waiting = { roomId: string; resolve(): void; reject(error: unknown): void };

/** A bus that lives as long as the node; it connects by itself and comes back by itself. */
export function createRedisBus(deps: RedisBusDeps): ProvableBus {
  const { subscriber, channelOf, listener, failures } = deps;
  const rooms = new Map<string, string>();
  let queue: Waiting[] = [];
  const canaryChannel = `node:${deps.nodeId}`;
  const liveness = createLiveness({
    intervalMs: deps.canaryIntervalMs,
    clock: deps.clock,
    isReady: () => subscriber.status === 'ready',
    ping: () => subscriber.ping(),
    publish: (payload) => deps.publishCanary(canaryChannel, payload),
    rebuild: () => subscriber.disconnect(true),
    failures,
  });

  subscriber.on('message', (channel: string, payload: string) => {
    const roomId = rooms.get(channel);
    if (roomId !== undefined) listener.message(roomId, payload);
    else if (channel === canaryChannel) liveness.seen(payload);
  });
  subscriber.on('ready', () => void restore());
  if (subscriber.status === 'ready') void restore();

  /** autoResubscribe is off: its SUBSCRIBE is not awaited, and a gap it leaves would not be looked for. */
  async function restore(): Promise<void> {
    try {
      await subscriber.subscribe(canaryChannel);
      const channels = [...rooms.keys()];
      for (let start = 0; start < channels.length; start += BATCH) {
        const batch = channels.slice(start, start + BATCH).filter((channel) => rooms.has(channel));
        if (batch.length > 0) await subscriber.subscribe(...batch);
        listener.restored(batch.flatMap((channel) => rooms.get(channel) ?? []));
      }
    } catch (error) {
      failures.report('bus.restore', error);
      subscriber.disconnect(true);
    }
  }

  async function flush(): Promise<void> {
    const waiting = queue;
    queue = [];
    for (let start = 0; start < waiting.length; start += BATCH)
      await subscribeBatch(waiting.slice(start, start + BATCH));
  }

  async function subscribeBatch(batch: readonly Waiting[]): Promise<void> {
    const channels = batch.map(({ roomId }) => channelOf(roomId)).filter((channel) => rooms.has(channel));
    try {
      if (channels.length > 0) await subscriber.subscribe(...channels);
      for (const { resolve } of batch) resolve();
    } catch {
      for (const channel of channels) rooms.delete(channel);
      for (const { reject } of batch) reject(new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 1_000 }));
    }
  }

  return {
    subscribe(roomId) {
      rooms.set(channelOf(roomId), roomId);
      if (queue.length === 0) setImmediate(() => void flush());
      return new Promise((resolve, reject) => queue.push({ roomId, resolve, reject }));
    },
    async unsubscribe(roomId) {
      const channel = channelOf(roomId);
      rooms.delete(channel);
      // A connection that is away has no subscriptions left to end.
      if (subscriber.status === 'ready') await subscriber.unsubscribe(channel).catch(() => undefined);
    },
    isAlive: () => liveness.isAlive(),
    probe: () => liveness.probe(),
    async close() {
      liveness.close();
      subscriber.removeAllListeners('ready');
      subscriber.disconnect();
    },
  };
}
