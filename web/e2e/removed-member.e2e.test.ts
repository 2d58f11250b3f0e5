/** Who made a room may end somebody's membership. */
import { meet } from './support/meeting.ts';
import { story } from './support/story.ts';

story('who was removed is told so, and the link does not lead back in', async (stage) => {
  const [younghee, cheolsu] = await meet(stage);
  const { page, texts } = younghee;
  const link = page.url();
  const remove = page.getByRole('complementary').getByRole('button', { name: /내보내기/ });
  await remove.click();
  await page.getByRole('group').getByRole('button', { name: texts.removeYes, exact: true }).click();
  await page.getByText(texts.peopleCount(1, 1)).waitFor();
  const told = cheolsu.page.getByRole('heading', { name: texts.removedTitle });
  await told.waitFor();
  await cheolsu.page.goto(link);
  await told.waitFor();
  await page.getByText(texts.peopleCount(1, 1)).waitFor();
});
