/** A Redis that may evict keys is reported at the start of a node. */
import { expect, it } from 'vitest';
import { checkEviction } from '../../src/store/eviction-check.ts';
import { startRedis } from '../support/redis.ts';
import { commandsOn, connect } from '../support/session-stores.ts';

async function reportsFor(policy: string): Promise<string[]> {
  const server = await startRedis({ args: ['--maxmemory-policy', policy] });
  const redis = await connect(server.url);
  const reports: string[] = [];
  const report = (stage: string, error: unknown) => void reports.push(`${stage}: ${String(error)}`);
  await checkEviction(commandsOn(redis), { report });
  redis.disconnect();
  await server.stop();
  return reports;
}

it('names the policy and what to set', async () => {
  expect(await reportsFor('allkeys-lru')).toEqual([
    'redis.policy: Error: maxmemory-policy is allkeys-lru: set it to noeviction, or rooms break',
  ]);
});

it('says nothing where nothing is evicted', async () => {
  expect(await reportsFor('noeviction')).toEqual([]);
});
