/** Every screen can be used by everybody: axe-core finds nothing, in both languages and both themes. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { LANGUAGES } from '../src/i18n/texts.ts';
import { THEMES } from '../src/model/preferences.ts';
import { meet } from './support/meeting.ts';
import { story } from './support/story.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LIST =
  'JSON.stringify(found.violations.flatMap(({id, nodes}) => nodes.map((node) => id + " " + node.target.join(" "))))';

/** The page's policy allows no foreign script, so it comes through the debugger. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(() =>
    document.activeElement instanceof HTMLElement ? document.activeElement.blur() : undefined,
  );
  // Half way through a change of theme no colour is the one that is meant.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
  const debug = await page.context().newCDPSession(page);
  const expression = `${AXE};axe.run().then((found) => ${LIST})`;
  const answer = await debug.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  await debug.detach();
  return JSON.parse(String(answer.result.value));
}

/** What axe finds in each language and theme, chosen as people choose them; nothing is `{}`. */
async function violationsInEveryLook(page: Page): Promise<Record<string, string[]>> {
  const [language, theme] = [page.locator('.preferences select').first(), page.locator('.preferences select').last()];
  const found: Record<string, string[]> = {};
  for (const chosen of LANGUAGES) {
    await language.selectOption(chosen);
    for (const look of THEMES.filter((one) => one !== 'system')) {
      await theme.selectOption(look);
      await page.locator(`html[lang=${chosen}][data-theme=${look}]`).waitFor();
      const list = await violations(page);
      if (list.length > 0) found[`${chosen} ${look}`] = list;
    }
  }
  return found;
}

story('axe-core finds nothing on the home screen', async ({ siteUrl, person }) => {
  const { page, texts } = await person('영희');
  await page.goto(siteUrl);
  await page.getByRole('button', { name: texts.createRoom }).waitFor();
  expect(await violationsInEveryLook(page)).toEqual({});
});

story('axe-core finds nothing where a name is wrong, and where there is no room', async ({ siteUrl, person }) => {
  const { page, texts } = await person('영희');
  await page.goto(`${siteUrl}/r/zzzzzzzz`);
  await page.getByLabel(texts.nameLabel).fill('***');
  await page.getByRole('button', { name: texts.enterRoom }).click();
  await page.getByText(texts.nameInvalid).waitFor();
  expect(await violationsInEveryLook(page)).toEqual({});
  await page.locator('#name').fill('영희');
  await page.locator('#name').press('Enter');
  await page.locator('.choices').waitFor();
  expect(await violationsInEveryLook(page)).toEqual({});
});

story('axe-core finds nothing in a room, empty and with a conversation', async (stage) => {
  const [younghee, cheolsu] = await meet(stage);
  expect(await violationsInEveryLook(younghee.page)).toEqual({});
  await cheolsu.say('안녕하세요');
  await expect.poll(younghee.seen).toEqual(['안녕하세요']);
  await cheolsu.say('오늘도 좋은 하루 🙂');
  await expect.poll(younghee.seen).toEqual(['안녕하세요', '오늘도 좋은 하루 🙂']);
  expect(await violationsInEveryLook(younghee.page)).toEqual({});
});

story('axe-core finds nothing on a phone with the sheet of members open', async (stage) => {
  const [younghee] = await meet(stage, { viewport: { width: 390, height: 844 } });
  await younghee.page.getByRole('button', { name: younghee.texts.members }).click();
  await younghee.page.locator('.people').getByRole('button', { name: younghee.texts.close }).waitFor();
  expect(await violationsInEveryLook(younghee.page)).toEqual({});
});
