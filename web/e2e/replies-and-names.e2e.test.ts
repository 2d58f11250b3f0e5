/** People answer each other and call each other by name. */
import { expect } from 'vitest';
import { meet } from './support/meeting.ts';
import { story } from './support/story.ts';

story(
  'a reply shows what it answers and leads there; a name that is called stands out for whom it means',
  async (stage) => {
    const [younghee, cheolsu] = await meet(stage);
    const { page, texts, field } = younghee;
    await cheolsu.say('점심 뭐 먹지?');
    const asked = younghee.bubbles.getByText('점심 뭐 먹지?');
    await asked.hover();
    await page.getByRole('button', { name: texts.reply, exact: true }).click();
    await expect.poll(() => field.evaluate((node) => node === document.activeElement)).toBe(true);
    await younghee.say('김밥');
    const quote = cheolsu.page.locator('.bubble .quote');
    await quote.getByText('점심 뭐 먹지?').waitFor();
    await quote.click();
    await cheolsu.page.locator('.flash').getByText('점심 뭐 먹지?').waitFor();

    // By keyboard: the arrow answers, Escape gives it up.
    await cheolsu.field.press('ArrowUp');
    await cheolsu.page.getByRole('status').getByText('김밥').waitFor();
    await cheolsu.field.press('Escape');
    await cheolsu.page.getByRole('button', { name: texts.cancelReply }).waitFor({ state: 'detached' });

    await field.pressSequentially('@');
    await page.getByRole('option').first().waitFor();
    await field.press('Enter');
    await field.pressSequentially('같이 가자');
    await field.press('Enter');
    await cheolsu.page.locator('.mention.me-meant').waitFor();
    expect(await page.locator('.mention.me-meant').count()).toBe(0);
  },
);
