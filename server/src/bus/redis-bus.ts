/** `chan:<roomId>` over one Redis subscriber: subscriptions that are confirmed, and restored by us after every loss. */
import type { Redis } from 'ioredis';
import { ChatError } from '../service/chat-error.ts';
import type { Bus, BusListener } from '../service/live-ports.ts';
import type { Clock, Failures } from '../service/ports.ts';
import { createCanaryLag } from './canary-lag.ts';
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
  /** How long a canary was on its way, seconds. */
  onLag(seconds: number): void;
};

/** A bus whose round trip can be proven on demand: `probe` resolves once a publication of now has come back. */
export interface ProvableBus extends Bus {
  probe(): Promise<void>;
}

/** Channels per SUBSCRIBE: a command of some 10 KB. */
const BATCH = 500;

/** One life of a subscription: from `subscribe` to `unsubscribe`. A later one of the same channel is another. */
type Life = { roomId: string; channel: string };
type Waiting = { life: Life; resolve(): void; reject(error: unknown): void };

function watchOver({ subscriber, clock, failures, ...deps }: RedisBusDeps, canaryChannel: string) {
  const lag = createCanaryLag({ onLag: deps.onLag, monotonicMs: clock.monotonicMs });
  subscriber.on('close', lag.forget);
  const liveness = createLiveness({
    intervalMs: deps.canaryIntervalMs,
    clock,
    isReady: () => subscriber.status === 'ready',
    ping: () => subscriber.ping(),
    publish(payload) {
      const publishing = deps.publishCanary(canaryChannel, payload);
      lag.sent(payload, publishing);
      return publishing;
    },
    rebuild: () => subscriber.disconnect(true),
    failures,
  });
  return {
    ...liveness,
    seen(payload: string): void {
      lag.seen(payload);
      liveness.seen(payload);
    },
  };
}

/** A bus that lives as long as the node; it connects by itself and comes back by itself. */
export function createRedisBus(deps: RedisBusDeps): ProvableBus {
  const { subscriber, channelOf, listener, failures } = deps;
  const lives = new Map<string, Life>();
  let queue: Waiting[] = [];
  const canaryChannel = `node:${deps.nodeId}`;
  const liveness = watchOver(deps, canaryChannel);

  subscriber.on('messageBuffer', (name: Buffer, payload: Buffer) => {
    const life = lives.get(name.toString());
    if (life) listener.message(life.roomId, payload);
    else if (name.toString() === canaryChannel) liveness.seen(payload.toString());
  });
  subscriber.on('ready', () => void restore());
  if (subscriber.status === 'ready') void restore();

  const isOn = (life: Life) => lives.get(life.channel) === life;

  /** autoResubscribe is off: its SUBSCRIBE is not awaited, and a gap it leaves would not be looked for. */
  async function restore(): Promise<void> {
    try {
      await subscriber.subscribe(canaryChannel);
      const known = [...lives.values()];
      for (let start = 0; start < known.length; start += BATCH) {
        const batch = known.slice(start, start + BATCH).filter(isOn);
        if (batch.length > 0) await subscriber.subscribe(...batch.map(({ channel }) => channel));
        listener.restored(batch.filter(isOn).map(({ roomId }) => roomId));
      }
    } catch (error) {
      failures.report('bus.restore', error);
      // Where the connection itself is gone, the next one restores.
      if (subscriber.status === 'ready') subscriber.disconnect(true);
    }
  }

  async function flush(): Promise<void> {
    const waiting = queue;
    queue = [];
    for (let start = 0; start < waiting.length; start += BATCH)
      await subscribeBatch(waiting.slice(start, start + BATCH));
  }

  async function subscribeBatch(batch: readonly Waiting[]): Promise<void> {
    await confirm(batch.map(({ life }) => life).filter(isOn));
    for (const { life, resolve, reject } of batch) {
      if (isOn(life)) resolve();
      else reject(new ChatError('SERVICE_UNAVAILABLE', { retryAfterMs: 1_000 }));
    }
  }

  /** What is not confirmed ends, but only these lives: a room that was opened again meanwhile waits for a batch of its own. */
  async function confirm(wanted: readonly Life[]): Promise<void> {
    if (wanted.length === 0) return;
    try {
      await subscriber.subscribe(...wanted.map(({ channel }) => channel));
    } catch {
      for (const { channel } of wanted.filter(isOn)) lives.delete(channel);
    }
  }

  return {
    subscribe(roomId) {
      const life = { roomId, channel: channelOf(roomId) };
      lives.set(life.channel, life);
      if (queue.length === 0) setImmediate(() => void flush());
      return new Promise((resolve, reject) => queue.push({ life, resolve, reject }));
    },
    async unsubscribe(roomId) {
      const channel = channelOf(roomId);
      lives.delete(channel);
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
