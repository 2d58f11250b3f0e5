/** A whole visit leaves nothing in the console, and the page's policy stands. */
import { expect } from 'vitest';
import { story } from './support/story.ts';

story('a visit from the first screen to leaving logs no error and breaks no policy', async ({ siteUrl, person }) => {
  const { page, texts, complaints, makeRoom, say, seen, unsent } = await person('영희');
  await makeRoom(siteUrl);
  const link = page.url();
  await say('혼잣말');
  await expect.poll(unsent).toEqual([]);
  await page.reload();
  await expect.poll(seen).toEqual(['혼잣말']);
  await page.getByRole('button', { name: texts.leave }).click();
  await page
    .getByRole('group', { name: texts.leave })
    .getByRole('button', { name: texts.leaveYes, exact: true })
    .click();
  await page.getByRole('button', { name: texts.createRoom }).waitFor();
  expect(complaints).toEqual([]);

  const policy = (await page.goto(link))?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).not.toContain('unsafe');
});
