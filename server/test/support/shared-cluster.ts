/** The one cluster that the tests of the project `cluster` share: started before the first file, ended after the last. */
import type { TestProject } from 'vitest/node';
import { type ClusterAddress, startCluster } from './cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Three nodes with default times; they take any number of messages from one user. */
    cluster: ClusterAddress;
  }
}

/** Vitest's global set-up. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster({ env: { MESSAGE_RATE: '100000', MESSAGE_BURST: '100000' } });
  project.provide('cluster', { redisUrl: cluster.redisUrl, urls: [...cluster.urls] });
  return async () => {
    const fatal = cluster.nodes.filter((node) => !node.isAlive());
    if (fatal.length > 0) process.stderr.write(`nodes died while the tests ran\n${cluster.logs()}\n`);
    await cluster.stop();
    if (fatal.length > 0) throw new Error(`nodes died: ${fatal.map((node) => node.name).join(', ')}`);
  };
}
