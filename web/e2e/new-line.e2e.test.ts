/** A message may have several lines. */
import { expect } from 'vitest';
import { meet } from './support/meeting.ts';
import { story } from './support/story.ts';

story('Shift+Enter begins a new line, Enter sends all of them', async (stage) => {
  const [younghee, cheolsu] = await meet(stage);
  await younghee.field.fill('첫째 줄');
  await younghee.field.press('Shift+Enter');
  await younghee.field.pressSequentially('둘째 줄');
  expect(await younghee.seen()).toEqual([]);
  await younghee.field.press('Enter');
  await expect.poll(cheolsu.seen).toEqual(['첫째 줄\n둘째 줄']);
  expect(await cheolsu.bubbles.allInnerTexts()).toEqual(['첫째 줄\n둘째 줄']);
});
