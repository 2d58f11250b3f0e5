/** Everything can be done without a mouse. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { story } from './support/story.ts';

const MOST_STOPS = 40;

/** Presses Tab until the focus is there. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    if (await target.evaluate((node) => node === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${target} is not reached by ${MOST_STOPS} presses of Tab`);
}

/** What has the focus is shown to have it. */
async function expectVisibleFocus(page: Page): Promise<void> {
  const look = await page.evaluate(() => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement ?? document.body);
    return outlineStyle !== 'none' && outlineWidth !== '0px' ? 'outline' : boxShadow;
  });
  expect(look).not.toBe('none');
}

story('a room is made, talked in, shared and left with the keyboard alone', async ({ siteUrl, person }) => {
  const { page, texts, field, context, seen } = await person('영희', {
    permissions: ['clipboard-write'],
  });
  await page.goto(siteUrl);
  await tabTo(page, page.getByLabel(texts.nameLabel));
  await page.keyboard.type('영희');
  await page.keyboard.press('Enter');
  await page.getByText(texts.peopleCount(1, 1)).waitFor();

  await tabTo(page, field);
  await page.keyboard.type('손은 키보드에');
  await page.keyboard.press('Enter');
  await expect.poll(seen).toEqual(['손은 키보드에']);

  await tabTo(page, page.getByRole('button', { name: texts.copyLink }).first());
  await expectVisibleFocus(page);
  await page.keyboard.press('Enter');
  await page.getByText(texts.linkCopied).first().waitFor();

  const leave = page.getByRole('button', { name: texts.leave });
  await tabTo(page, leave);
  await expectVisibleFocus(page);
  await page.keyboard.press('Enter');
  const sure = page
    .getByRole('group', { name: texts.leave })
    .getByRole('button', { name: texts.leaveYes, exact: true });
  await sure.waitFor();
  await tabTo(page, sure);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: texts.createRoom }).waitFor();
  expect(context.pages()).toHaveLength(1);
});
