/** How the cluster that runs here is doing; one line when none does. */
import type { Context } from '../bootstrap/context.ts';
import { type ClusterState, leftovers, partsOf, readState, runningCluster } from '../cluster/state.ts';
import { isAlive } from '../process/identity.ts';
import { isReady } from '../services/node.ts';
import { isAtLeast } from '../services/program.ts';
import { inspectRedis, withoutPassword } from '../services/redis-inspection.ts';
import { type Finding, judge } from './finding.ts';
import { observationFindings } from './observation-findings.ts';

/** Asks every part. */
export async function clusterFindings({ home }: Context): Promise<Finding[]> {
  const cluster = runningCluster(home);
  if (cluster === null)
    return [...(await given()), { verdict: 'good', name: 'cluster', text: 'not running' }, ...remains(home)];
  const nodes = cluster.nodes.map(async ({ name, url, pid, log }) => {
    const text = `process ${pid ?? 'none'}, ${url}`;
    return judge(await isReady(url), { name, text, fix: `see why: npm run logs -- --node ${name} (${log})` });
  });
  return [
    { verdict: 'good', name: 'cluster', text: `${cluster.state} at ${cluster.url}` },
    ...processes(cluster),
    ...(await Promise.all(nodes)),
    ...(cluster.redis === null ? [] : await redisFindings(cluster.redis.url)),
    await front(cluster),
    ...(await observationFindings(cluster.observers)),
  ];
}

async function given(): Promise<Finding[]> {
  return process.env.REDIS_URL ? redisFindings(process.env.REDIS_URL) : [];
}

function processes(cluster: ClusterState): Finding[] {
  return partsOf(cluster).flatMap(({ name, pid, identity, log }) => {
    if (/^n\d/.test(name) || pid === null || (identity !== null && isAlive({ pid, identity }))) return [];
    return [
      {
        verdict: 'bad' as const,
        name,
        text: `process ${pid} is gone`,
        fix: `the launcher starts it again; its log is ${log}`,
      },
    ];
  });
}

async function redisFindings(url: string): Promise<Finding[]> {
  const name = 'Redis';
  try {
    const facts = await inspectRedis(url);
    const text = `${facts.version} at ${withoutPassword(url)}, ${facts.usedMemory} used`;
    return [
      judge(isAtLeast(facts.version, '7.0'), { name, text, fix: 'use Redis 7 or newer' }),
      judge(facts.policy === 'noeviction' || facts.policy === null, {
        name: 'eviction',
        text: `maxmemory-policy ${facts.policy ?? 'not told by this server'}`,
        fix: 'CONFIG SET maxmemory-policy noeviction (any other loses rooms silently)',
      }),
      judge(facts.isAof === true, {
        name: 'AOF',
        text: facts.isAof === true ? 'on: what was acknowledged survives a crash' : 'off: a crash loses messages',
        fix: 'CONFIG SET appendonly yes, and in redis.conf',
      }),
    ];
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return [{ verdict: 'bad', name, text, fix: 'start it, or unset REDIS_URL and let npm start run a private one' }];
  }
}

async function front({ url, nginx }: ClusterState): Promise<Finding> {
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
  const text = `${url}/health answers ${answer?.status ?? 'nothing'}`;
  return judge(answer?.ok === true, { name: 'nginx', text, fix: `look into ${nginx?.log ?? '.c2c/logs'}` });
}

function remains(home: string): Finding[] {
  const state = readState(home);
  const names = state === null ? [] : leftovers(state).map(({ name, mark }) => `${name} (process ${mark.pid})`);
  if (names.length === 0) return [];
  return [
    { verdict: 'warning', name: 'leftovers', text: names.join(', '), fix: 'npm start ends them before it begins' },
  ];
}
