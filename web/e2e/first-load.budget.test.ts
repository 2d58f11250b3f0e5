/** The page is small, and soon there. */
import { expect } from 'vitest';
import { say } from './support/ground.ts';
import { story } from './support/story.ts';

const LIMIT_BYTES = 60 * 1024;
/** Promised is 1 s on a laptop; a busy machine of a CI gets the rest. */
const USABLE_LIMIT_MS = 5_000;

story('everything up to the first conversation needs at most 60 KB of JavaScript, compressed', async (stage) => {
  const younghee = await stage.person('영희');
  const sizes: Promise<[string, number]>[] = [];
  younghee.page.on('requestfinished', (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.endsWith('.js')) return;
    sizes.push(request.sizes().then(({ responseBodySize }) => [pathname, responseBodySize]));
  });
  await younghee.makeRoom(stage.siteUrl);
  const scripts = await Promise.all(sizes);
  expect(scripts.length).toBeGreaterThan(0);
  const total = scripts.reduce((sum, [, bytes]) => sum + bytes, 0);
  say(`JavaScript of the first load: ${(total / 1024).toFixed(1)} KB compressed (limit 60)`);
  expect(total, JSON.stringify(scripts)).toBeLessThanOrEqual(LIMIT_BYTES);
});

story('one can write one’s name soon after the first byte was asked for', async ({ siteUrl, person }) => {
  const { page, texts } = await person('영희');
  await page.addInitScript(() => {
    const look = () => {
      const isThere = document.querySelector('form input') !== null;
      if (isThere) performance.mark('usable');
      else requestAnimationFrame(look);
    };
    look();
  });
  await page.goto(siteUrl);
  await page.getByRole('button', { name: texts.createRoom }).waitFor();
  const usableMs = await page.evaluate(() => performance.getEntriesByName('usable')[0]?.startTime ?? Number.NaN);
  say(`usable ${usableMs.toFixed(0)} ms after the address was entered, nothing cached (promised: 1000)`);
  expect(usableMs).toBeLessThan(USABLE_LIMIT_MS);
});
