/** A link that leads nowhere. */
import { expect } from 'vitest';
import { story } from './support/story.ts';

story('a link to a room that does not exist says so and leads to a new one', async ({ siteUrl, person }) => {
  const { page, texts } = await person('영희');
  await page.goto(`${siteUrl}/r/zzzzzzzz`);
  await page.getByLabel(texts.nameLabel).fill('영희');
  await page.getByRole('button', { name: texts.enterRoom }).click();
  await page.getByRole('heading', { name: texts.notFoundTitle }).waitFor();
  await page.getByRole('button', { name: texts.newRoom }).click();
  await page.getByRole('button', { name: texts.createRoom }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/');
});
