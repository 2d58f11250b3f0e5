/** The language is chosen in the page and takes effect at once. */
import { expect } from 'vitest';
import { en } from '../src/i18n/en.ts';
import { meet } from './support/meeting.ts';
import { story } from './support/story.ts';

story('the language switches without a reload, in the room and after the next visit', async (stage) => {
  const [younghee, cheolsu] = await meet(stage);
  const { page, texts } = younghee;
  await cheolsu.say('언어를 바꿔도 그대로');
  await expect.poll(younghee.seen).toEqual(['언어를 바꿔도 그대로']);
  await younghee.field.fill('쓰던 글');
  await page.evaluate(() => {
    document.body.dataset.mark = 'not reloaded';
  });

  await younghee.inSettings((sheet) => sheet.getByLabel(texts.language).selectOption('en'));
  await page.getByText(en.peopleCount(2, 2)).waitFor();
  expect(await page.getAttribute('html', 'lang')).toBe('en');
  expect(await page.getByLabel(en.messageLabel).inputValue()).toBe('쓰던 글');
  expect(await page.getAttribute('body', 'data-mark')).toBe('not reloaded');
  await page.getByLabel(en.messageLabel).press('Enter');
  await expect.poll(cheolsu.seen).toEqual(['언어를 바꿔도 그대로', '쓰던 글']);

  await page.goto(stage.siteUrl);
  await page.getByRole('button', { name: en.createRoom }).waitFor();
});
