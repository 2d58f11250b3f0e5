/** More was said while one was away than is kept: one is told, and goes on with what there is. */
import { expect } from 'vitest';
import { loseMessages } from './support/cluster-redis.ts';
import { inviteGuests, saying } from './support/guests.ts';
import { ownCluster } from './support/own-cluster.ts';
import { story } from './support/story.ts';

const site = ownCluster({ nodes: 1 });

story('where the gap cannot be filled a quiet line says so, and the newest messages stand below it', async (stage) => {
  const { url, redis, nodes } = site();
  const gate = await stage.gate(url);
  const younghee = await stage.person('영희', { expectsOutage: true });
  const { page, texts } = younghee;
  await younghee.makeRoom(gate.url);
  const [guest] = await inviteGuests(`${url}/r/${younghee.roomId()}`, ['손님']);
  if (!guest) throw new Error('nobody came');
  await saying(guest, '첫 글');
  await expect.poll(younghee.seen).toEqual(['첫 글']);

  gate.cut();
  await page.getByRole('button', { name: texts.reconnectNow }).waitFor();
  for (const text of ['잃을 글 하나', '잃을 글 둘', '남은 글']) await saying(guest, text);
  guest.client.close();
  // A node that was there has the last messages in memory; a new one only what Redis kept.
  await nodes[0]?.kill();
  await loseMessages(redis.url, younghee.roomId(), 3);
  await nodes[0]?.revive();
  gate.mend();
  await younghee.noticeNetwork();
  await page.getByText(texts.gap).waitFor();
  await expect.poll(younghee.seen).toEqual(['남은 글']);
  await younghee.say('이어서 갑니다');
  await expect.poll(younghee.unsent).toEqual([]);
  await expect.poll(younghee.seen).toEqual(['남은 글', '이어서 갑니다']);
});
