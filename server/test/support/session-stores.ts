/** The session store twice, in memory and on a real Redis, with times scaled down: one suite for both. */
import type { Redis } from 'ioredis';
import type { SessionStore } from '../../src/service/ports.ts';
import { createKeys } from '../../src/store/keys.ts';
import { createMemorySessionStore } from '../../src/store/memory-session-store.ts';
import { createRedisCommands, type RedisCommands } from '../../src/store/redis-commands.ts';
import { connectRedis } from '../../src/store/redis-connection.ts';
import { createRedisSessionStore } from '../../src/store/redis-session-store.ts';
import { startRedis, type TestRedis } from './redis.ts';

/** Lifetimes of the suite, ms. */
export const TIMES = { presenceTtlMs: 400, sessionTtlMs: 1_000, tokenTtlMs: 60_000, closeGraceMs: 60 };

/** A store and whether it may be sure that its source of truth was there. */
export type StoreUnderTest = {
  sessions: SessionStore;
  setCertain(isCertain: boolean): void;
  close(): Promise<void>;
};

/** A connection as the product makes it; `name` shows in CLIENT LIST. */
export async function connect(url: string, name = 'test'): Promise<Redis> {
  const redis = connectRedis('commands', { url, nodeId: name, timeoutMs: 2_000, onError: () => undefined });
  if (redis.status !== 'ready') await new Promise((resolve) => redis.once('ready', resolve));
  return redis;
}

/** Commands on a real connection. */
export function commandsOn(redis: Redis): RedisCommands {
  return createRedisCommands(redis, () => undefined);
}

async function redisStore(): Promise<StoreUnderTest> {
  const server: TestRedis = await startRedis();
  const redis = await connect(server.url);
  let isCertain = true;
  const guard = {
    certainUntilMs: async () => (isCertain ? Number.MAX_SAFE_INTEGER : 0),
    beat: async () => undefined,
  };
  const commands = commandsOn(redis);
  const sessions = createRedisSessionStore({ commands, keys: createKeys('single'), guard, oneServer: true, ...TIMES });
  return {
    sessions,
    setCertain: (value) => {
      isCertain = value;
    },
    async close() {
      redis.disconnect();
      await server.stop();
    },
  };
}

async function memoryStore(): Promise<StoreUnderTest> {
  let isCertain = true;
  const clock = { nowMs: () => Date.now() };
  return {
    sessions: createMemorySessionStore({ ...TIMES, clock, isCertain: () => isCertain }),
    setCertain: (value) => {
      isCertain = value;
    },
    close: async () => undefined,
  };
}

/** Name and maker of each store. */
export const SESSION_STORES: readonly [name: string, make: () => Promise<StoreUnderTest>][] = [
  ['memory', memoryStore],
  ['Redis', redisStore],
];
