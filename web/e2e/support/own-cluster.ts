/** A cluster that the tests of one file may break: started before the first of them, ended after the last. */
import { afterAll, beforeAll } from 'vitest';
import { type Cluster, type ClusterOptions, startCluster } from './cluster.ts';
import { type Crowd, gatherCrowd } from './crowd.ts';

/** Answers what asks for it: it is there from the first test on. */
export function ownCluster(options: ClusterOptions = {}): () => Cluster {
  let cluster: Cluster | undefined;
  beforeAll(async () => {
    cluster = await startCluster(options);
  });
  afterAll(() => cluster?.stop());
  return () => {
    if (cluster === undefined) throw new Error('the cluster is there only while tests run');
    return cluster;
  };
}

/** A cluster with six clients in one room. */
export function ownCrowd(): () => { cluster: Cluster; crowd: Crowd } {
  const cluster = ownCluster();
  let crowd: Crowd | undefined;
  beforeAll(async () => {
    crowd = await gatherCrowd(cluster().url);
  });
  afterAll(() => crowd?.close());
  return () => {
    if (crowd === undefined) throw new Error('the crowd is there only while tests run');
    return { cluster: cluster(), crowd };
  };
}
