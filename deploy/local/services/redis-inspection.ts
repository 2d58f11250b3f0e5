/** What a running Redis says about itself, as far as C2C depends on it. */
import { Redis } from 'ioredis';
import { isAtLeast, versionIn } from './program.ts';

/** `policy` and `isAof` are null where the server does not tell (managed services forbid CONFIG). */
export type RedisFacts = { version: string; policy: string | null; isAof: boolean | null; usedMemory: string };

/** Connects, asks and leaves. Rejects with one sentence where the server does not answer within 5 s. */
export async function inspectRedis(url: string): Promise<RedisFacts> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5000,
    commandTimeout: 5000,
    retryStrategy: () => null,
  });
  let reason = '';
  redis.on('error', (error: Error) => {
    reason = error.message;
  });
  try {
    await redis.connect();
    const info = await redis.info();
    const [, policy] = (await redis.config('GET', 'maxmemory-policy').catch(() => [])) as string[];
    return {
      version: versionIn(info, /(?:valkey|redis)_version:/) ?? '0',
      policy: policy ?? null,
      isAof: /aof_enabled:(\d)/.exec(info)?.[1] === '1',
      usedMemory: /used_memory_human:(\S+)/.exec(info)?.[1] ?? '?',
    };
  } catch (error) {
    const text = reason || (error instanceof Error ? error.message : String(error));
    throw new Error(`Redis at ${withoutPassword(url)} does not answer (${text})`);
  } finally {
    redis.disconnect();
  }
}

/** Refuses a server that is too old. Answers its version. */
export async function checkRedis(url: string): Promise<string> {
  const { version } = await inspectRedis(url);
  if (!isAtLeast(version, '7.0'))
    throw new Error(`Redis at ${withoutPassword(url)} is ${version}; C2C needs 7 or newer`);
  return version;
}

/** A URL that may be shown. */
export function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
