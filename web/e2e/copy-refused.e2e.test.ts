/** A browser may refuse the clipboard. */
import { story } from './support/story.ts';

story('where the link cannot be copied, the page says so and what to do instead', async ({ siteUrl, person }) => {
  const { page, texts, context, makeRoom } = await person('영희');
  await makeRoom(siteUrl);
  // Granting nothing denies everything else.
  await context.grantPermissions([], { origin: siteUrl });
  await page.getByRole('button', { name: texts.copyLink }).first().click();
  await page.getByText(texts.copyFailed).first().waitFor();
});
