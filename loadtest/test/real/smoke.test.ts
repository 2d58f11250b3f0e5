/** `npm run load -- smoke` holds on a whole cluster, and fails on one that loses every hundredth message. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFrameProxy } from '../support/frame-proxy.ts';
import { runLoad } from '../support/load-run.ts';
import { type SmallCluster, startSmallCluster } from '../support/small-cluster.ts';

const SHORT = ['--users', '12', '--rate', '30', '--duration', '4'];
const MESSAGES = 120;
const MEMBERS_OF_A_ROOM = 3;

let cluster: SmallCluster;
beforeAll(async () => {
  cluster = await startSmallCluster();
});
afterAll(() => cluster?.stop());

test('a cluster that is not there is told in one sentence', async () => {
  const { code, output } = await runLoad('smoke', '--url', 'http://127.0.0.1:9');

  expect(output).toContain('no cluster is ready at http://127.0.0.1:9');
  expect(code).toBe(1);
});

describe.concurrent('side by side', () => {
  test('a whole cluster delivers everything to everybody, once and in order', async () => {
    const { code, output, count, report } = await runLoad('smoke', '--url', cluster.url, ...SHORT);

    expect(output).toMatch(/all \d+ thresholds hold/);
    expect(code).toBe(0);
    expect(count('chat_sent')).toBe(MESSAGES);
    expect(count('chat_received')).toBe(MESSAGES * MEMBERS_OF_A_ROOM);
    expect(count('chat_checked')).toBe(12);
    expect(report()).toContain('0 lost, 0 duplicated, 0 out of order');
  });

  test('a node that drops every hundredth message is found out', async () => {
    const proxy = await startFrameProxy(cluster.url, (n) => n % 100 === 0);
    try {
      const { code, output, count } = await runLoad('smoke', '--url', proxy.url, ...SHORT);

      expect(count('chat_lost')).toBe(Math.floor(proxy.delivered() / 100));
      expect(output).toMatch(/chat_lost is [1-9]\d*, and must be ==0/);
      expect(code).toBe(1);
    } finally {
      await proxy.close();
    }
  });
});
