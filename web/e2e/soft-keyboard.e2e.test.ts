/** A phone's keyboard takes half of the screen, by either of the ways in which browsers do so. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { inviteGuests, saying } from './support/guests.ts';
import { numbered } from './support/numbered.ts';
import { story } from './support/story.ts';

const PHONE = { width: 390, height: 844 };
/** What a keyboard leaves. */
const LEFT = 470;

/** Stands in for a screen that a keyboard covers without telling the layout, as Safari does. Runs before the page. */
function coverable(): void {
  const real = window.visualViewport;
  const covered = new EventTarget();
  Object.assign(covered, { height: real?.height, width: real?.width, scale: 1, offsetTop: 0 });
  Object.defineProperty(window, 'visualViewport', { value: covered });
}

/** Runs in the page. */
function cover(height: number): void {
  const screen = Object.assign(window.visualViewport ?? {}, { height });
  if (screen instanceof EventTarget) screen.dispatchEvent(new Event('resize'));
}

async function expectInSight(
  page: Page,
  { field, last, height }: { field: Locator; last: Locator; height: number },
): Promise<void> {
  const bottomOf = async (target: Locator) => {
    const box = await target.boundingBox();
    return box ? box.y + box.height : Number.NaN;
  };
  await expect.poll(() => bottomOf(field)).toBeLessThanOrEqual(height);
  await expect.poll(() => bottomOf(last)).toBeLessThanOrEqual(height);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width);
}

for (const way of ['resizes the page', 'covers the page'] as const) {
  story(`the field and the newest message stay in sight when a keyboard ${way}`, async ({ siteUrl, person }) => {
    const { page, makeRoom, field, bubbles } = await person('영희', { viewport: PHONE });
    if (way === 'covers the page') await page.addInitScript(coverable);
    await makeRoom(siteUrl);
    const [guest] = await inviteGuests(page.url(), ['손님']);
    if (guest) for (const text of numbered('말', 30)) await saying(guest, text);
    const last = bubbles.getByText('말 30', { exact: true });
    await last.waitFor();
    const show = (height: number) =>
      way === 'covers the page' ? page.evaluate(cover, height) : page.setViewportSize({ ...PHONE, height });
    for (const height of [PHONE.height, LEFT, PHONE.height]) {
      await show(height);
      await expectInSight(page, { field, last, height });
    }
    guest?.client.close();
  });
}
