/**
 * `npm run screens`: pictures of every screen, in both languages and several looks, on a private real cluster.
 * `--out` is the folder, `--only` a part of the scenes' names; `--readme` also renews the pictures of the README.
 */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { contactSheet, type Shot } from './screens/contact-sheet.ts';
import { LOOK_NAMES, LOOKS, type LookName, type Scene } from './screens/scene.ts';
import { SCENES } from './screens/scenes.ts';
import { openSceneStage } from './screens/stage.ts';
import { startChromium } from './support/chromium.ts';
import { buildAll, startCluster } from './support/cluster.ts';
import { HOME, ROOT, say } from './support/ground.ts';

const LANGUAGES = ['ko', 'en'] as const;
/** What the README shows: picture of a run → its name there. */
const README = { '11-room.en.desktop.png': 'room.png', '11-room.ko.phone.png': 'phone.png' };
const SETTLED_MS = 250;

const { values: given } = parseArgs({
  options: {
    out: { type: 'string', default: join(HOME, 'screens') },
    only: { type: 'string', default: '' },
    readme: { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  const folder = resolve(given.out);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await buildAll();
  const cluster = await startCluster({ nodes: 3, hasPostgres: true });
  const server = await startChromium();
  const browser = await chromium.connect(server.wsEndpoint());
  try {
    const scenes = SCENES.filter(({ name }) => name.includes(given.only));
    const { shots, failures } = await photographAll(scenes, {
      browser,
      folder,
      url: cluster.url,
      redisUrl: cluster.redis.url,
    });
    writeFileSync(join(folder, 'index.html'), contactSheet(shots));
    if (given.readme) copyForReadme(folder);
    say(`${shots.length} pictures: ${join(folder, 'index.html')}`);
    for (const failure of failures) say(`✘ ${failure}`);
    return failures.length === 0 && shots.length > 0 ? 0 : 1;
  } finally {
    await server.close();
    await cluster.stop();
  }
}

function copyForReadme(folder: string): void {
  for (const [from, to] of Object.entries(README)) copyFileSync(join(folder, from), join(ROOT, 'web/docs', to));
}

type Studio = { browser: Browser; folder: string; url: string; redisUrl: string };

/** A scene that cannot be played is a failure; the others are still seen. */
async function photographAll(scenes: readonly Scene[], studio: Studio) {
  const shots: Shot[] = [];
  const failures: string[] = [];
  for (const scene of scenes) {
    for (const language of LANGUAGES) {
      const taken = photograph(scene, { ...studio, language });
      const problem = (error: unknown) => void failures.push(`${scene.name} (${language}): ${String(error)}`);
      shots.push(...((await taken.catch(problem)) ?? []));
    }
    say(`· ${scene.name}`);
  }
  return { shots, failures };
}

async function photograph(
  scene: Scene,
  { browser, folder, ...ground }: Studio & { language: 'ko' | 'en' },
): Promise<Shot[]> {
  const { stage, close } = await openSceneStage(browser, ground);
  try {
    const page = await scene.play(stage);
    const shots: Shot[] = [];
    for (const look of scene.looks ?? LOOK_NAMES) {
      const { language } = ground;
      const file = `${scene.name}.${language}.${look}.png`;
      await take(page, look, join(folder, file));
      shots.push({ scene: scene.name, language, look, file });
    }
    return shots;
  } finally {
    await close();
  }
}

async function take(page: Page, look: LookName, path: string): Promise<void> {
  const { colorScheme, ...size } = LOOKS[look];
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme });
  await page.waitForTimeout(SETTLED_MS);
  await page.screenshot({ path });
}

process.exitCode = await main();
