/** One sees who is there, who is writing and who has read. */
import { meet } from './support/meeting.ts';
import { story } from './support/story.ts';

story('who writes, who has not read and who is away is shown, and goes when it is over', async (stage) => {
  const [younghee, cheolsu] = await meet(stage);
  const { page, texts } = younghee;
  await cheolsu.field.pressSequentially('음');
  const typing = page.locator('.typing bdi');
  await typing.waitFor();
  await cheolsu.field.press('Enter');
  await typing.waitFor({ state: 'detached' });

  const notRead = page.getByRole('img', { name: texts.notReadBy(1) });
  await cheolsu.page.keyboard.press('Alt+KeyN');
  await cheolsu.page.getByLabel(texts.titleLabel).waitFor();
  await younghee.say('이거 봤어?');
  await notRead.waitFor();
  await cheolsu.page.goBack();
  await cheolsu.bubbles.getByText('이거 봤어?').waitFor();
  await notRead.waitFor({ state: 'detached' });

  const link = cheolsu.page.url();
  await cheolsu.page.goto('about:blank');
  await page.getByText(texts.peopleCount(2, 1)).waitFor();
  await page.locator('.members .offline').getByText('철수').waitFor();
  await cheolsu.page.goto(link);
  await page.getByText(texts.peopleCount(2, 2)).waitFor();
  await page.locator('.members .online').getByText('철수').waitFor();
});
