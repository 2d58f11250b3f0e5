/** What people write is never anything but text. */
import { expect } from 'vitest';
import { meet } from './support/meeting.ts';
import { story } from './support/story.ts';

const MARKUP = '<img src=x onerror="document.title=1"><b>굵게</b> &amp; <script>alert(1)</script> javascript:alert(1)';

story('HTML in a message is shown letter by letter and does nothing', async (stage) => {
  const [younghee, cheolsu] = await meet(stage);
  await cheolsu.say(MARKUP);
  for (const { seen, bubbles, page, texts } of [younghee, cheolsu]) {
    await expect.poll(seen).toEqual([MARKUP]);
    expect(await bubbles.first().locator('*').count()).toBe(0);
    expect(await page.title()).toContain(texts.appName);
  }
});
