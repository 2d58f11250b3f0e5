/** Every screen can be used by everybody: axe-core finds nothing in any scene of the pictures, in both languages and both themes. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { LANGUAGES } from '../src/i18n/texts.ts';
import { LOOKS, type Scene } from './screens/scene.ts';
import { SCENES } from './screens/scenes.ts';
import { openSceneStage } from './screens/stage.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LIST =
  'JSON.stringify(found.violations.flatMap(({id, nodes}) => nodes.map((node) => id + " " + node.target.join(" "))))';

/** Scenes whose way is long and whose screen is one of another scene, only longer. */
const SEEN_ELSEWHERE = ['04-', '16-'];

/** The page's policy allows no foreign script, so it comes through the debugger. */
async function violations(page: Page): Promise<string[]> {
  // Half way through a change of theme no colour is the one that is meant.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
  const debug = await page.context().newCDPSession(page);
  const expression = `${AXE};axe.run().then((found) => ${LIST})`;
  const answer = await debug.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  await debug.detach();
  return JSON.parse(String(answer.result.value));
}

/** What axe finds in the first look of each theme that the scene has, on the narrowest and the widest screen. */
async function violationsInBothThemes(page: Page, { looks }: Scene): Promise<Record<string, string[]>> {
  const { colorScheme: _, ...size } = LOOKS[looks?.includes('desktop') === false ? 'phone' : 'desktop'];
  await page.setViewportSize(size);
  const found: Record<string, string[]> = {};
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const list = await violations(page);
    if (list.length > 0) found[colorScheme] = list;
  }
  return found;
}

describe.concurrent.each(SCENES.filter(({ name }) => !SEEN_ELSEWHERE.some((start) => name.startsWith(start))))(
  '$name',
  (scene) => {
    it.each(LANGUAGES)('is free of violations (%s)', async (language) => {
      const browser = await chromium.connect(inject('browserUrl'));
      const { stage, close } = await openSceneStage(browser, { language, url: inject('siteUrl') });
      try {
        const page = await scene.play(stage);
        expect(await violationsInBothThemes(page, scene)).toEqual({});
      } finally {
        await close();
        await browser.close();
      }
    });
  },
);
