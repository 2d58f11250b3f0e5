/**
 * The two Redis connections of Socket.IO's adapter behind faces that cannot end the process. The adapter awaits neither
 * its publishes nor its subscriptions, and throws inside listeners: every one of those would be an unhandled failure.
 */
import type { Failures } from '../../service/ports.ts';

type Listener = (...args: unknown[]) => void;

/** What is used of a Redis client; `ioredis` fits, with `autoResubscribe` off. */
export interface AdapterRedis {
  readonly status: string;
  publish(channel: string, message: string | Buffer): Promise<unknown>;
  subscribe(...channels: string[]): Promise<unknown>;
  psubscribe(...patterns: string[]): Promise<unknown>;
  unsubscribe(...channels: string[]): Promise<unknown>;
  punsubscribe(...patterns: string[]): Promise<unknown>;
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
}

const STAGE = 'control-plane';

/** For the adapter's publishes: what cannot be published is reported and lost. */
export function quietPublisher(redis: AdapterRedis, failures: Failures) {
  return {
    publish(channel: string, message: string | Buffer): void {
      redis.publish(channel, message).catch((error: unknown) => failures.report(`${STAGE}.publish`, error));
    },
    // The adapter only looks whether anybody listens for errors; whoever made the connection does.
    on: () => undefined,
    off: () => undefined,
  };
}

/** For its subscriptions: remembered, and made (again) whenever the connection is ready. */
export function steadySubscriber(redis: AdapterRedis, failures: Failures) {
  const channels = new Set<string>();
  const patterns = new Set<string>();
  const guarded = new Map<Listener, Listener>();
  const quietly = (work: () => Promise<unknown>): void => {
    if (redis.status === 'ready') work().catch((error: unknown) => failures.report(`${STAGE}.subscribe`, error));
  };
  const forget = (from: Set<string>, names: string | string[]): void => {
    for (const name of [names].flat()) from.delete(name);
  };
  redis.on('ready', () => {
    if (channels.size > 0) quietly(() => redis.subscribe(...channels));
    if (patterns.size > 0) quietly(() => redis.psubscribe(...patterns));
  });
  return {
    subscribe(names: string | string[]): void {
      for (const name of [names].flat()) channels.add(name);
      quietly(() => redis.subscribe(...channels));
    },
    psubscribe(pattern: string): void {
      patterns.add(pattern);
      quietly(() => redis.psubscribe(pattern));
    },
    unsubscribe(names: string | string[]): void {
      forget(channels, names);
      quietly(() => redis.unsubscribe(...[names].flat()));
    },
    punsubscribe(pattern: string): void {
      forget(patterns, pattern);
      quietly(() => redis.punsubscribe(pattern));
    },
    on(event: string, listener: Listener): void {
      if (event === 'error') return;
      guarded.set(listener, guard(listener, failures));
      redis.on(event, guarded.get(listener) ?? listener);
    },
    off(event: string, listener: Listener): void {
      redis.off(event, guarded.get(listener) ?? listener);
      guarded.delete(listener);
    },
  };
}

/** Anybody may publish anything on a channel: what makes the adapter throw, at once or later, is reported. */
function guard(listener: Listener, failures: Failures): Listener {
  return async (...args: unknown[]) => {
    try {
      await listener(...args);
    } catch (error) {
      failures.report(`${STAGE}.message`, error);
    }
  };
}
