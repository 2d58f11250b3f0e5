/** Addresses in messages can be followed, and the page that opens learns nothing and holds nothing of this one. */
import { expect } from 'vitest';
import { meet } from './support/meeting.ts';
import { story } from './support/story.ts';

story('an https link opens a tab of its own, without referrer or opener', async (stage) => {
  const [younghee, cheolsu] = await meet(stage);
  const address = 'https://example.org/(지도)?q=한강&n=1';
  const referrers: (string | undefined)[] = [];
  await cheolsu.context.route('https://example.org/**', async (route) => {
    referrers.push(route.request().headers().referer);
    await route.fulfill({ contentType: 'text/html; charset=utf-8', body: '<title>지도</title>' });
  });
  await younghee.say(`여기야: ${address}.`);
  const link = cheolsu.bubbles.getByRole('link');
  await expect.poll(() => link.textContent()).toBe(address);
  const [opened] = await Promise.all([cheolsu.context.waitForEvent('page'), link.click()]);
  await expect.poll(() => opened.title()).toBe('지도');
  expect(opened.url()).toBe(new URL(address).href);
  expect(await opened.evaluate(() => window.opener)).toBeNull();
  expect(referrers).toEqual([undefined]);
});
