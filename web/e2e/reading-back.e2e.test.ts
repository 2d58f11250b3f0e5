/** A long conversation: what one reads stays where it is, whatever comes above or below it. */
import { expect } from 'vitest';
import { type Guest, inviteGuests, saying } from './support/guests.ts';
import { numbered } from './support/numbered.ts';
import { story } from './support/story.ts';

/** More than one page of history. */
const MANY = 130;

async function talk(guest: Guest | undefined, texts: readonly string[]): Promise<void> {
  if (guest) for (const text of texts) await saying(guest, text);
}

/** Scrolls so far up that older pages are fetched, and says where a bubble then stands. Runs in the page. */
function scrollUp(text: string): number {
  const bubble = [...document.querySelectorAll('.bubble')].find(({ textContent }) => textContent === text);
  const list = document.querySelector('.scroller');
  if (!bubble || !list) return Number.NaN;
  list.scrollTop = 400;
  return bubble.getBoundingClientRect().top;
}

function placeOf(text: string): number {
  const bubble = [...document.querySelectorAll('.bubble')].find(({ textContent }) => textContent === text);
  return bubble?.getBoundingClientRect().top ?? Number.NaN;
}

story('older pages load above and new messages below without moving what one reads', async ({ siteUrl, person }) => {
  const younghee = await person('영희');
  const { page, texts, bubbles } = younghee;
  await younghee.makeRoom(siteUrl);
  const [guest] = await inviteGuests(page.url(), ['이야기꾼']);
  const told = numbered('이야기', MANY);
  await talk(guest, told);
  await bubbles.getByText(told.at(-1) ?? '', { exact: true }).waitFor();
  await page.reload();
  await bubbles.getByText(told.at(-1) ?? '', { exact: true }).waitFor();
  const seen = await younghee.seen();
  expect(seen.length).toBeLessThan(MANY);

  const [, , , , , , , , , mark = ''] = seen;
  const before = await page.evaluate(scrollUp, mark);
  await expect.poll(younghee.seen).toContain(told[MANY - seen.length - 1]);
  await expect.poll(() => page.evaluate(placeOf, mark)).toBeCloseTo(before, -1);

  await talk(guest, ['그사이에 하나']);
  const pill = page.getByRole('button', { name: texts.newMessages });
  await pill.waitFor();
  expect(await page.evaluate(placeOf, mark)).toBeCloseTo(before, -1);
  await pill.click();
  await bubbles.getByText('그사이에 하나').waitFor();
  await pill.waitFor({ state: 'detached' });

  await talk(guest, ['따라가기']);
  await expect.poll(() => bubbles.last().textContent()).toBe('따라가기');
  const distance = () =>
    page
      .locator('.scroller')
      .evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);
  await expect.poll(distance).toBeLessThan(2);
  guest?.client.close();
});
