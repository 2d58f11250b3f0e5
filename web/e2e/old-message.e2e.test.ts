/** What waited too long is not sent without asking. */
import { expect } from 'vitest';
import { makeOld } from './support/old-message.ts';
import { story } from './support/story.ts';

story('a message that waited for half a day is sent only when its writer says so, and then once', async (stage) => {
  const gate = await stage.gate();
  const younghee = await stage.person('영희', { expectsOutage: true });
  const cheolsu = await stage.person('철수');
  await younghee.makeRoom(gate.url);
  await cheolsu.enter(`${stage.siteUrl}/r/${younghee.roomId()}`);
  const page = await makeOld(younghee, { gate, text: '어젯밤에 쓴 글' });
  await cheolsu.say('좋은 아침');
  await page.locator('.bubble').getByText('좋은 아침').waitFor();
  expect(await cheolsu.seen()).toEqual(['좋은 아침']);
  await page.getByRole('button', { name: younghee.texts.sendAgain }).click();
  await expect.poll(cheolsu.seen).toEqual(['좋은 아침', '어젯밤에 쓴 글']);
});
