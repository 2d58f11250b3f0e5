/** The cluster and the browser that the browser tests share: started before the first file, ended after the last. */
import type { TestProject } from 'vitest/node';
import { startChromium } from './chromium.ts';
import { buildAll, startCluster } from './cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A cluster with three nodes that nobody breaks; who closes the last tab is offline after three seconds at most. */
    siteUrl: string;
    /** Its Redis. */
    redisUrl: string;
    /** Its nodes, without nginx. */
    nodeUrls: readonly string[];
    /** Where the browser is connected to. */
    browserUrl: string;
  }
}

/** Vitest's global set-up. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildAll();
  const cluster = await startCluster({ nodes: 3, hasPostgres: true, env: { CLOSE_GRACE_MS: '2500' } });
  const browser = await startChromium().catch(async (error: unknown) => {
    await cluster.stop();
    throw error;
  });
  project.provide('siteUrl', cluster.url);
  project.provide('redisUrl', cluster.redis.url);
  project.provide(
    'nodeUrls',
    cluster.nodes.map(({ url }) => url),
  );
  project.provide('browserUrl', browser.wsEndpoint());
  return async () => {
    await browser.close();
    await cluster.stop();
  };
}
