/** One person with three tabs: one member, each tab works, and what belongs to the person is shared. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { en } from '../src/i18n/en.ts';
import { connectionsOf } from './support/cluster-redis.ts';
import { watchComplaints } from './support/complaints.ts';
import { meet } from './support/meeting.ts';
import { expectSameEverywhere } from './support/same-everywhere.ts';
import { story } from './support/story.ts';
import { tokenOf, userOf } from './support/token.ts';

story(
  'three tabs of one person are one member: all work, the last one keeps the person online, and log-out ends all',
  async (stage) => {
    const [younghee, cheolsu] = await meet(stage);
    const { texts, context } = younghee;
    const link = younghee.page.url();
    const complaints: string[][] = [];
    const open = async (words = texts): Promise<Page> => {
      const page = await context.newPage();
      complaints.push(watchComplaints(page, { expectsOutage: false }));
      await page.goto(link);
      await page.getByText(words.peopleCount(2, 2)).waitFor();
      return page;
    };
    const tabs = [younghee.page, await open(), await open()];
    const seenIn = (page: Page) => () => page.locator('.bubble').allTextContents();

    const own = ['첫째 탭', '둘째 탭', '셋째 탭'];
    for (const [index, page] of tabs.entries()) {
      const field = page.getByLabel(texts.messageLabel);
      await field.fill(own[index] ?? '');
      await field.press('Enter');
      await expect.poll(cheolsu.seen).toEqual(own.slice(0, index + 1));
    }
    await cheolsu.say('탭이 셋이네');
    for (const page of tabs) await expect.poll(seenIn(page)).toEqual([...own, '탭이 셋이네']);
    await expectSameEverywhere({
      redisUrl: stage.redisUrl,
      people: [younghee, cheolsu],
      written: [own, ['탭이 셋이네']],
    });

    await younghee.field.fill('쓰던 글');
    for (const page of tabs) await expect.poll(() => page.getByLabel(texts.messageLabel).inputValue()).toBe('쓰던 글');
    await younghee.inSettings(async (sheet) => {
      await sheet.getByLabel(texts.theme).selectOption('dark');
      await sheet.getByLabel(texts.language).selectOption('en');
    });
    for (const page of tabs) {
      await page.getByText(en.peopleCount(2, 2)).waitFor();
      await page.locator('html[data-theme=dark]').waitFor();
    }

    await tabs[0]?.close();
    await tabs[1]?.close();
    const userId = userOf(await tokenOf(tabs[2] ?? younghee.page));
    await expect.poll(() => connectionsOf(stage.redisUrl, userId)).toHaveLength(1);
    await cheolsu.page.getByText(cheolsu.texts.peopleCount(2, 2)).waitFor();

    const fourth = await open(en);
    await fourth.getByRole('button', { name: en.settings }).click();
    await fourth.getByRole('button', { name: en.logOut }).click();
    await fourth.getByRole('group', { name: en.logOut }).getByRole('button', { name: en.logOut, exact: true }).click();
    for (const page of [fourth, tabs[2]]) await page?.getByLabel(en.nameLabel).waitFor();
    await cheolsu.page.getByText(cheolsu.texts.peopleCount(1, 1)).waitFor();
    expect(complaints.flat()).toEqual([]);
  },
);
