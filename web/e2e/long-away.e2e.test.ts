/** Somebody is away for longer than a membership lasts, and then for longer than a token does. All of it is scaled. */
import { expect } from 'vitest';
import { meet } from './support/meeting.ts';
import { ownCluster } from './support/own-cluster.ts';
import { story } from './support/story.ts';
import { expiryOf, tokenOf } from './support/token.ts';

const site = ownCluster({
  nodes: 1,
  env: { SESSION_TTL: '6', TOKEN_TTL: '30', PRESENCE_TTL: '5', PRESENCE_RENEW_MS: '1000', CLOSE_GRACE_MS: '2500' },
});

story(
  'whoever was away too long has left the room and comes back by opening it; with an old token, by the name',
  async (stage) => {
    const { url } = site();
    const [younghee, cheolsu] = await meet(stage, { url, expectsOutage: true });
    const { page, texts } = younghee;
    const link = page.url();
    await cheolsu.say('어디 가?');
    await expect.poll(younghee.seen).toEqual(['어디 가?']);

    // A token that outlives the membership by far, however slow the machine is.
    await expect.poll(async () => expiryOf(await tokenOf(page)) - Date.now()).toBeGreaterThan(20_000);
    await page.goto('about:blank');
    await cheolsu.page.getByText(texts.peopleCount(1, 1)).waitFor();
    await page.goto(`${url}/#new`);
    await page.getByRole('link').filter({ hasText: texts.awayHint }).click();
    await page.getByText(texts.peopleCount(2, 2)).waitFor();
    await expect.poll(younghee.seen).toEqual(['어디 가?']);

    const expiresAtMs = expiryOf(await tokenOf(page));
    await page.goto('about:blank');
    await expect.poll(() => Date.now()).toBeGreaterThan(expiresAtMs + 1_000);
    await page.goto(link);
    await page.getByText(texts.sessionEnded).waitFor();
    expect(await page.getByLabel(texts.nameLabel).inputValue()).toBe('영희');
    await page.getByRole('button', { name: texts.enterRoom }).click();
    await page.getByText(texts.peopleCount(2, 2)).waitFor();
    await younghee.say('다시 왔어');
    await expect.poll(cheolsu.seen).toEqual(['어디 가?', '다시 왔어']);
  },
);
