/** The page is small. */
import { expect } from 'vitest';
import { story } from './support/story.ts';

const LIMIT_BYTES = 60 * 1024;

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
  expect(total, JSON.stringify(scripts)).toBeLessThanOrEqual(LIMIT_BYTES);
});
