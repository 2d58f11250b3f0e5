/** Nobody answers: what is written waits, survives a reload, and is sent when the cluster is back. */
import { expect } from 'vitest';
import { meet } from './support/meeting.ts';
import { ownCluster } from './support/own-cluster.ts';
import { story } from './support/story.ts';

const site = ownCluster();

story('messages written while offline survive a reload and arrive once and in order', async (stage) => {
  const cluster = site();
  const [younghee, cheolsu] = await meet(stage, { url: cluster.url, expectsOutage: true });
  const { page, texts } = younghee;
  await younghee.say('끊기기 전');
  await expect.poll(cheolsu.seen).toEqual(['끊기기 전']);
  await expect.poll(younghee.unsent).toEqual([]);

  await Promise.all(cluster.nodes.map((node) => node.kill()));
  await page.getByRole('button', { name: texts.reconnectNow }).waitFor();
  await younghee.say('오프라인 하나');
  await younghee.say('오프라인 둘');
  await expect.poll(younghee.unsent).toEqual(['오프라인 하나', '오프라인 둘']);

  await page.reload();
  await expect.poll(younghee.unsent).toEqual(['오프라인 하나', '오프라인 둘']);
  expect(await cheolsu.seen()).toEqual(['끊기기 전']);

  await Promise.all(cluster.nodes.map((node) => node.revive()));
  for (const { noticeNetwork } of [younghee, cheolsu]) await noticeNetwork();
  const conversation = ['끊기기 전', '오프라인 하나', '오프라인 둘'];
  await expect.poll(cheolsu.seen).toEqual(conversation);
  await expect.poll(younghee.seen).toEqual(conversation);
  await expect.poll(younghee.unsent).toEqual([]);

  await cheolsu.say('다 받았어');
  await expect.poll(younghee.seen).toEqual([...conversation, '다 받았어']);
});
