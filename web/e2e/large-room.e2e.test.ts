/** A room of more than two hundred people. */
import { expect } from 'vitest';
import { inviteGuests, saying } from './support/guests.ts';
import { story } from './support/story.ts';

const GUESTS = 203;

story('a large room tells its counts, names two hundred, and goes on delivering', async ({ siteUrl, person }) => {
  const { page, texts, makeRoom, bubbles } = await person('영희');
  await makeRoom(siteUrl);
  const guests = await inviteGuests(
    page.url(),
    Array.from({ length: GUESTS }, (_, index) => `관객 ${index + 1}`),
  );
  await page.getByText(texts.peopleCount(GUESTS + 1, GUESTS + 1)).waitFor();
  await page.getByText(texts.moreMembers(GUESTS + 1 - 200)).waitFor({ state: 'attached' });
  expect(await page.locator('.members li:not(.more)').count()).toBe(200);
  const [first] = guests;
  if (first) await saying(first, '모두 안녕');
  await bubbles.getByText('모두 안녕').waitFor();
  for (const { client } of guests) client.close();
});
