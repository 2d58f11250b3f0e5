/** What is wrong with a form is said where it is wrong. */
import { expect } from 'vitest';
import { story } from './support/story.ts';

story('a name that cannot be is marked, described and given the focus', async ({ siteUrl, person }) => {
  const { page, texts } = await person('영희');
  await page.goto(siteUrl);
  const field = page.getByLabel(texts.nameLabel);
  await field.fill('***');
  await page.getByRole('button', { name: texts.createRoom }).click();
  await page.getByText(texts.nameInvalid).waitFor();
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  const described = await field.getAttribute('aria-describedby');
  expect(await page.locator(`#${described}`).textContent()).toBe(texts.nameInvalid);
  await expect.poll(() => field.evaluate((node) => node === document.activeElement)).toBe(true);
  await field.fill('영희');
  await page.getByText(texts.nameInvalid).waitFor({ state: 'detached' });
});
