/** The door to Redis while Redis is silent, slow, refusing or forgetful. */
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedisCommands, RedisUnavailable } from '../../src/store/redis-commands.ts';
import { connectRedis } from '../../src/store/redis-connection.ts';
import type { Script } from '../../src/store/script.ts';
import { startTcpProxy, type TcpProxy } from '../faults/support/tcp-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const TIMEOUT_MS = 600;
/** What a loaded machine may add. */
const SLACK_MS = 300;
const ECHO: Script = { name: 'echo', sha: '', source: 'return ARGV[1]' };
const WRITE: Script = { name: 'write', sha: '', source: "return redis.call('SET', KEYS[1], ARGV[1])" };

let server: TestRedis;
let proxy: TcpProxy;
let redis: Redis;
let admin: Redis;

beforeEach(async () => {
  server = await startRedis();
  proxy = await startTcpProxy(server.port);
  redis = connectRedis('commands', { url: proxy.url, nodeId: 'n1', timeoutMs: TIMEOUT_MS, onError: () => undefined });
  admin = new Redis(server.url);
  for (const script of [ECHO, WRITE]) script.sha = String(await admin.script('LOAD', script.source));
  await eventually(
    () => redis.status,
    (status) => status === 'ready',
  );
});
afterEach(async () => {
  redis.disconnect();
  admin.disconnect();
  await proxy.close();
  await server.stop();
});

async function tookMs(call: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await expect(call).rejects.toBeInstanceOf(RedisUnavailable);
  return performance.now() - start;
}

describe('commands', () => {
  it('give up by their deadline, also those that wait behind others for their turn', async () => {
    const commands = createRedisCommands(redis, () => undefined);
    proxy.stall();
    const first = tookMs(commands.run(ECHO, [], [1]));
    await new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS / 2));
    const second = tookMs(commands.run(ECHO, [], [2]));
    expect(Math.max(await first, await second)).toBeLessThan(TIMEOUT_MS + SLACK_MS);
  });

  it('give up by their deadline when a script that the server forgot must be sent again', async () => {
    const commands = createRedisCommands(redis, () => undefined);
    await admin.script('FLUSH');
    proxy.delay((TIMEOUT_MS * 2) / 3);
    expect(await tookMs(commands.run(ECHO, [], [1]))).toBeLessThan(TIMEOUT_MS + SLACK_MS);
  });

  it('are refused at once while one of them tries whether Redis is back', async () => {
    const commands = createRedisCommands(redis, () => undefined);
    proxy.stall();
    await Promise.all(Array.from({ length: 5 }, () => tookMs(commands.pipeline([['ping']]))));
    expect(commands.breakerState()).toBe('open');

    const waits = await eventually(
      () => Promise.all([commands.pipeline([['ping']]), commands.pipeline([['ping']])].map(tookMs)),
      ([first = 0]) => first > TIMEOUT_MS / 2,
    );
    expect(waits[1]).toBeLessThan(TIMEOUT_MS / 2);
  });

  it('keep reading while Redis is out of memory and refuses every write', async () => {
    const commands = createRedisCommands(redis, () => undefined);
    await admin.config('SET', 'maxmemory', '1');
    for (let attempt = 0; attempt < 8; attempt++) {
      const refused = await commands.run(WRITE, ['key'], ['value']).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'SERVICE_UNAVAILABLE', wasSent: false });
    }
    expect(commands.breakerState()).toBe('closed');
    expect(await commands.pipeline([['get', 'key']])).toEqual([null]);

    await admin.config('SET', 'maxmemory', '0');
    expect(await commands.run(WRITE, ['key'], ['value'])).toBe('OK');
  });

  it('run every script under way although the scripts are flushed again and again', async () => {
    const commands = createRedisCommands(redis, () => undefined);
    const answers: Promise<unknown>[] = [];
    for (let round = 0; round < 20; round++) {
      for (let n = 0; n < 10; n++) answers.push(commands.run(ECHO, [], [`${round}/${n}`]));
      await admin.script('FLUSH');
    }
    expect(await Promise.all(answers)).toEqual(
      Array.from({ length: 200 }, (_, n) => `${Math.floor(n / 10)}/${n % 10}`),
    );
  });

  it('work again by themselves after the connection was cut', async () => {
    const commands = createRedisCommands(redis, () => undefined);
    proxy.cut();
    await eventually(
      () => commands.run(ECHO, [], ['back']).catch(() => null),
      (answer) => answer === 'back',
    );
  });
});
