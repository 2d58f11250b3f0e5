/** Look-alikes that come at once, step by step: no order of their steps gives both a lease. */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createKeys } from '../../src/store/keys.ts';
import { createNameLooks } from '../../src/store/name-looks.ts';
import type { RedisCommands } from '../../src/store/redis-commands.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { commandsOn, connect } from '../support/session-stores.ts';

const keys = createKeys('single');
const EARLIER = 'anna';
const LATER = 'Anna';
let server: TestRedis;
let redis: Redis;
let commands: RedisCommands;

beforeAll(async () => {
  server = await startRedis();
  redis = await connect(server.url);
  commands = commandsOn(redis);
});
beforeEach(() => redis.flushall());
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const looksOn = (on: RedisCommands) => createNameLooks({ commands: on, keys, ttlMs: 60_000 });
const lease = (userId: string) => redis.hset(keys.session(userId), 'sid', `sid of ${userId}`);

/** Commands between which somebody else comes: after the first question whether a session lives. */
function interrupted(meanwhile: () => Promise<unknown>): RedisCommands {
  let hasCome = false;
  return {
    ...commands,
    async pipeline(batch) {
      const replies = await commands.pipeline(batch);
      if (!hasCome) {
        hasCome = true;
        await meanwhile();
      }
      return replies;
    },
  };
}

it('who comes back while a look-alike is about to take the look keeps it', async () => {
  await looksOn(commands).hold(EARLIER);
  const back: boolean[] = [];
  await lease(LATER);
  const later = await looksOn(
    interrupted(async () => {
      await lease(EARLIER);
      back.push(await looksOn(commands).hold(EARLIER));
    }),
  ).hold(LATER);
  expect([...back, later]).toEqual([true, false]);
  await redis.del(keys.session(LATER));
  expect(await looksOn(commands).hold(EARLIER)).toBe(true);
});

it('who comes back once the look was taken has lost it', async () => {
  await looksOn(commands).hold(EARLIER);
  await lease(LATER);
  expect(await looksOn(commands).hold(LATER)).toBe(true);
  await lease(EARLIER);
  expect(await looksOn(commands).hold(EARLIER)).toBe(false);
});
