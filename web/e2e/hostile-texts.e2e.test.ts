/** What people write is never anything but text, and never leaves its bubble. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { inviteGuests, saying } from './support/guests.ts';
import { story } from './support/story.ts';

const HOSTILE: Readonly<Record<string, string>> = {
  markup: '<img src=x onerror="document.title=1"><b>굵게</b> &amp; <script>document.title=2</script>',
  'script links':
    'javascript:document.title=3 JaVaScRiPt://%0adocument.title=4 data:text/html,<script>1</script> vbscript:x',
  'right-to-left overrides': '\u202E\u202Egnp.exe\u202D \u2067\u2066 never closed',
  emoji: '😀'.repeat(4_000),
  'zero-width characters': `a${'\u200B\u200D\uFEFF\u2060'.repeat(900)}z`,
  'combining marks': `Z${'\u0301\u0327\u0334\u0489'.repeat(900)}!`,
  'one endless word': '가'.repeat(2_000) + 'W'.repeat(2_000),
};

/** Everything that is wider than the window, or painted outside of its place. Runs in the page. */
function escapes(): string[] {
  const width = document.documentElement.clientWidth;
  const found = document.documentElement.scrollWidth > width ? ['the page scrolls sideways'] : [];
  for (const bubble of document.querySelectorAll('.bubble')) {
    const { left, right } = bubble.getBoundingClientRect();
    const start = bubble.textContent?.slice(0, 12);
    if (left < 0 || right > width) found.push(`${start} is wider than its place`);
    const { unicodeBidi, overflowX, overflowY, contain } = getComputedStyle(bubble);
    if (!/isolate|plaintext/.test(unicodeBidi)) found.push(`${start} may turn round what stands beside it`);
    const isClipped = (overflowX !== 'visible' && overflowY !== 'visible') || /paint|content|strict/.test(contain);
    if (!isClipped) found.push(`${start} may be painted over others`);
  }
  return found;
}

/** Links that lead elsewhere than they should, or give the other page a hold on this one. Runs in the page. */
function badLinks(): string[] {
  return [...document.querySelectorAll<HTMLAnchorElement>('.bubble a')]
    .filter(({ protocol, rel, target }) => !/^https?:$/.test(protocol) || !/noopener/.test(rel) || target !== '_blank')
    .map(({ outerHTML }) => outerHTML);
}

async function expectHarmless(page: Page, title: string): Promise<void> {
  expect(await page.evaluate(escapes)).toEqual([]);
  expect(await page.evaluate(badLinks)).toEqual([]);
  expect(await page.locator('.bubble :not(a)').count()).toBe(0);
  await expect.poll(() => page.title()).toBe(title);
}

story(
  'hostile texts are shown letter by letter, do nothing and stay in their place, on a wide and a narrow screen',
  async ({ siteUrl, person }) => {
    const { page, makeRoom, seen, say, unsent } = await person('영희');
    await makeRoom(siteUrl);
    const guests = await inviteGuests(page.url(), ['손님']);
    const [guest] = guests;
    // The title of a room without a name is the names of the others: it stands once the guest is heard of.
    const title = `${guest?.room.facts.value.me} · C2C`;
    await expect.poll(() => page.title()).toBe(title);
    const texts = Object.values(HOSTILE).map((text) => text.normalize('NFC'));
    for (const text of texts) if (guest) await saying(guest, text);
    await expect.poll(seen).toEqual(texts);
    for (const text of texts) await say(text);
    await expect.poll(unsent).toEqual([]);
    await expect.poll(seen).toEqual([...texts, ...texts]);
    guest?.client.close();
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 800 });
      await expectHarmless(page, title);
    }
  },
);
