/** No scenario is blind: each fails where messages are lost, and where Redis stops in the middle. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PROFILES } from '../../src/profiles.ts';
import { startFrameProxy } from '../support/frame-proxy.ts';
import { runLoad } from '../support/load-run.ts';
import { type SmallCluster, startSmallCluster } from '../support/small-cluster.ts';

const SHORT = ['--users', '40', '--rate', '40', '--duration', '10'];
/** So many messages went by: the run is in its middle. */
const IN_THE_MIDDLE = 40;
const SOON = { timeout: 60_000, interval: 50 };

let cluster: SmallCluster;
beforeEach(async () => {
  cluster = await startSmallCluster();
});
afterEach(() => cluster?.stop());

test.for(Object.keys(PROFILES))('%s finds every hundredth message that is dropped', async (scenario) => {
  const proxy = await startFrameProxy(cluster.url, (n) => n % 100 === 0);
  try {
    const { code, output } = await runLoad(scenario, '--url', proxy.url, ...SHORT);

    expect(output).toMatch(/chat_lost is [1-9]\d*, and must be ==0/);
    expect(code).toBe(1);
  } finally {
    await proxy.close();
  }
});

test.for(Object.keys(PROFILES))('%s does not hold when Redis stops', async (scenario) => {
  const proxy = await startFrameProxy(cluster.url, () => false);
  try {
    const run = runLoad(scenario, '--url', proxy.url, ...SHORT);
    await vi.waitFor(() => expect(proxy.delivered()).toBeGreaterThan(IN_THE_MIDDLE), SOON);
    cluster.freezeRedis();
    const { code, output } = await run;

    expect(output).toMatch(/chat_send_failed is [1-9]\d*, and must be ==0/);
    expect(output).toMatch(/chat_checked is \d+, and must be >=\d+/);
    expect(code).toBe(1);
  } finally {
    await proxy.close();
  }
});
