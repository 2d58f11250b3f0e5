/** Redis must never evict: it is the only source of truth, and a room that lost one of its keys is broken. */
import type { Failures } from '../service/ports.ts';
import type { RedisCommands } from './redis-commands.ts';
import { asArray } from './replies.ts';

/**
 * Reports, once, a `maxmemory-policy` other than `noeviction`. Where Redis is away or does not let us ask (managed
 * services forbid CONFIG) nothing is reported: the node works all the same.
 */
export async function checkEviction(commands: RedisCommands, failures: Failures): Promise<void> {
  const reply = await commands.pipeline([['config', 'get', 'maxmemory-policy']]).catch(() => null);
  if (reply === null) return;
  const [, policy] = asArray(reply[0], 'CONFIG GET');
  if (policy === 'noeviction') return;
  failures.report(
    'redis.policy',
    new Error(`maxmemory-policy is ${String(policy)}: set it to noeviction, or rooms break`),
  );
}
