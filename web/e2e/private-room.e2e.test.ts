/** A room that only its invitation opens. */
import { expect } from 'vitest';
import { story } from './support/story.ts';

story(
  'a private room is entered by its invitation, and is nowhere for whoever has not got it',
  async ({ siteUrl, person }) => {
    const younghee = await person('영희');
    const { page, texts } = younghee;
    await page.goto(siteUrl);
    await page.getByLabel(texts.nameLabel).fill('영희');
    await page.getByText(texts.moreOptions).click();
    await page.getByLabel(texts.privateLabel).check();
    await page.getByRole('button', { name: texts.createRoom }).click();
    await page.getByText(texts.peopleCount(1, 1)).waitFor();
    const link = page.url();
    expect(link).toContain('#invite=');

    const cheolsu = await person('철수');
    await cheolsu.enter(link);
    await page.getByText(texts.peopleCount(2, 2)).waitFor();
    await cheolsu.page.reload();
    await cheolsu.page.getByText(texts.peopleCount(2, 2)).waitFor();

    const stranger = await person('나그네');
    await stranger.page.goto(link.replace(/#.*/, ''));
    await stranger.page.getByLabel(texts.nameLabel).fill('나그네');
    await stranger.page.getByRole('button', { name: texts.enterRoom }).click();
    await stranger.page.getByRole('heading', { name: texts.notFoundTitle }).waitFor();
  },
);
