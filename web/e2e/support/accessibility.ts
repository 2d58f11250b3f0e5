/**
 * Every screen can be used by everybody: axe-core finds nothing in any scene of the pictures, in both languages and both
 * themes. A scene is played once and then looked at four times, because language and theme switch in place.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type CDPSession, chromium, type Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { LANGUAGES, type Language } from '../../src/i18n/texts.ts';
import { LOOKS, type Scene } from '../screens/scene.ts';
import { openSceneStage } from '../screens/stage.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LIST =
  'JSON.stringify(found.violations.flatMap(({id, nodes}) => nodes.map((node) => id + " " + node.target.join(" "))))';
/** A theme changes colours and nothing else. */
const COLOURS = '{ runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } }';

/** Scenes whose way is long and whose screen is one of another scene, only longer. */
const SEEN_ELSEWHERE = ['04-', '16-'];

/** What runs in the page comes through the debugger: its policy allows no foreign script. */
async function run(debug: CDPSession, expression: string): Promise<unknown> {
  const { result } = await debug.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  return result.value;
}

/** Chooses a language as another tab would. */
async function switchLanguage(page: Page, language: Language): Promise<void> {
  await page.evaluate((chosen) => {
    localStorage.setItem('c2c.language', chosen);
    dispatchEvent(new StorageEvent('storage', { key: 'c2c.language' }));
  }, language);
  await page.locator(`html[lang=${language}]`).waitFor();
  // The texts follow with the next frame.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** What axe finds in the first look of the scene in each language and theme. */
async function violations(page: Page, { looks }: Scene): Promise<Record<string, unknown>> {
  const { colorScheme: _, ...size } = LOOKS[looks?.includes('desktop') === false ? 'phone' : 'desktop'];
  await page.setViewportSize(size);
  const debug = await page.context().newCDPSession(page);
  await run(debug, `${AXE};null`);
  const found: Record<string, unknown> = {};
  for (const language of LANGUAGES) {
    await switchLanguage(page, language);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      // Half way through a change of theme no colour is the one that is meant.
      await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
      const rules = colorScheme === 'light' ? '{}' : COLOURS;
      const list = await run(debug, `axe.run(document, ${rules}).then((found) => ${LIST})`);
      if (list !== '[]') found[`${language} ${colorScheme}`] = list;
    }
  }
  await debug.detach();
  return found;
}

/** One test for each of the scenes. */
export function findsNothingIn(scenes: readonly Scene[]): void {
  const lookedAt = scenes.filter(({ name }) => !SEEN_ELSEWHERE.some((start) => name.startsWith(start)));
  describe.concurrent('axe finds nothing', () => {
    it.each(lookedAt.map((scene) => [scene.name, scene] as const))('%s', async (_, scene) => {
      const browser = await chromium.connect(inject('browserUrl'));
      const ground = { language: 'ko', url: inject('siteUrl'), redisUrl: inject('redisUrl') } as const;
      const { stage, close } = await openSceneStage(browser, ground);
      try {
        const page = await scene.play(stage);
        expect(await violations(page, scene)).toEqual({});
      } finally {
        await close();
        await browser.close();
      }
    });
  });
}
