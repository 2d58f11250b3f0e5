/** Who was away for so long that the session ended is told so, and comes back by giving the name. */
import { expect } from 'vitest';
import { story } from './support/story.ts';
import { logOut, tokenOf } from './support/token.ts';

story('an ended session leads to the name, and the name back into the conversation', async (stage) => {
  const gate = await stage.gate();
  const younghee = await stage.person('영희', { expectsOutage: true });
  const cheolsu = await stage.person('철수');
  await younghee.makeRoom(gate.url);
  await cheolsu.enter(`${stage.siteUrl}/r/${younghee.roomId()}`);
  await cheolsu.say('거기 있어?');
  await expect.poll(younghee.seen).toEqual(['거기 있어?']);

  const token = await tokenOf(younghee.page);
  gate.cut();
  await logOut(stage.siteUrl, token);
  await cheolsu.page.getByText(cheolsu.texts.peopleCount(1, 1)).waitFor();
  gate.mend();
  const { page, texts } = younghee;
  await page.getByText(texts.sessionEnded).waitFor();
  expect(await page.getByLabel(texts.nameLabel).inputValue()).toBe('영희');
  await page.getByRole('button', { name: texts.enterRoom }).click();
  await page.getByText(texts.peopleCount(2, 2)).waitFor();
  await expect.poll(younghee.seen).toEqual(['거기 있어?']);
  await younghee.say('다시 왔어');
  await expect.poll(cheolsu.seen).toEqual(['거기 있어?', '다시 왔어']);
});
