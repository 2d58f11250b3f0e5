/** The proxy between all nodes and Redis, for faults of the way rather than of the server. */
import type { TestRedis } from '../../support/redis.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import type { RedisRoute, WorldSettings } from './world.ts';

/** `settings` go to `runFault`; `proxy` is there once the world is. */
export function proxyBeforeRedis(): { settings: Pick<WorldSettings, 'redisRoute'>; proxy(): TcpProxy } {
  let started: TcpProxy | null = null;
  async function redisRoute({ port }: TestRedis): Promise<RedisRoute> {
    const proxy = await startTcpProxy(port);
    started = proxy;
    return { urlOf: () => proxy.url, close: () => proxy.close() };
  }
  return {
    settings: { redisRoute },
    proxy() {
      if (started === null) throw new Error('the world has not started');
      return started;
    },
  };
}
