/** Two people in two browsers talk. */
import { expect } from 'vitest';
import { meet } from './support/meeting.ts';
import { story } from './support/story.ts';

story('two people see the same conversation in the same order, and their own messages become sent', async (stage) => {
  const [younghee, cheolsu] = await meet(stage);
  await younghee.say('안녕, 철수야');
  await expect.poll(cheolsu.seen).toEqual(['안녕, 철수야']);
  await cheolsu.say('반가워 👩‍👩‍👧‍👦🙂');
  await younghee.say('저녁 먹었어? 🍚');
  const conversation = ['안녕, 철수야', '반가워 👩‍👩‍👧‍👦🙂', '저녁 먹었어? 🍚'];
  await expect.poll(async () => (await younghee.seen()).toSorted()).toEqual(conversation.toSorted());
  await expect.poll(younghee.unsent).toEqual([]);
  const order = await younghee.seen();
  expect(order[0]).toBe(conversation[0]);
  await expect.poll(cheolsu.seen).toEqual(order);
});
