/** The way in: a room is made, its link copied, and somebody else opens the link. */
import { expect } from 'vitest';
import { story } from './support/story.ts';

story('a room is made, its link copied, and whoever opens the link is in', async ({ siteUrl, person }) => {
  const younghee = await person('영희', { permissions: ['clipboard-read', 'clipboard-write'] });
  await younghee.makeRoom(siteUrl);
  const link = younghee.page.url();
  const { copyLink, linkCopied } = younghee.texts;
  // All tests of the browser write to one clipboard.
  const copied = async () => {
    await younghee.page
      .getByRole('button', { name: new RegExp(`${copyLink}|${linkCopied}`) })
      .first()
      .click();
    await younghee.page.getByText(linkCopied).first().waitFor();
    return younghee.page.evaluate(() => navigator.clipboard.readText());
  };
  await expect.poll(copied).toBe(link);

  const cheolsu = await person('철수', { viewport: { width: 390, height: 844 } });
  await cheolsu.page.goto(link);
  await cheolsu.page.getByLabel(cheolsu.texts.nameLabel).fill('철수');
  await cheolsu.page.getByRole('button', { name: cheolsu.texts.enterRoom }).click();
  await cheolsu.page.getByText(cheolsu.texts.peopleCount(2, 2)).waitFor();
  await younghee.page.getByText(younghee.texts.peopleCount(2, 2)).waitFor();
  await younghee.page.getByRole('complementary', { name: younghee.texts.members }).getByText('철수').waitFor();
});
