/** Finds a Chromium on this machine, or gets one; runs it without a display. */
import { join } from 'node:path';
import { type BrowserServer, chromium } from 'playwright-core';
import { installWithApt } from '../../../deploy/local/services/apt.ts';
import { findOnPath, isExecutable } from '../../../deploy/local/services/program.ts';
import { HOME, say } from './ground.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const ELSEWHERE = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
const ADVICE =
  'The browser tests need Chromium, and there is none: install it (sudo apt-get install chromium, or brew install --cask chromium), or name one in CHROMIUM_BIN';

/** No traffic of its own, and no QUIC that a proxy could not see. */
const FLAGS = [
  ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];

const isRoot = process.getuid?.() === 0;

/** Its file. Rejects with one sentence that says how to get it. */
export async function provideChromium(): Promise<string> {
  const { CHROMIUM_BIN: named } = process.env;
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`CHROMIUM_BIN names ${named}, which cannot be run`);
  }
  const found = findChromium() ?? (await install());
  if (found === null) throw new Error(ADVICE);
  return found;
}

function findChromium(): string | null {
  return NAMES.map((name) => findOnPath(name)).find((file) => file !== null) ?? ELSEWHERE.find(isExecutable) ?? null;
}

async function install(): Promise<string | null> {
  if (!isRoot || findOnPath('apt-get') === null) return null;
  say('Chromium is missing: installing the package chromium with apt-get');
  const context = { home: HOME, logFile: join(HOME, 'logs', 'packages.log'), say };
  return (await installWithApt('chromium', context)) ? findChromium() : null;
}

/** One browser for all test files; they connect to it. Its sandbox is off only where it cannot work: as root. */
export async function startChromium(): Promise<BrowserServer> {
  const executablePath = await provideChromium();
  return chromium.launchServer({ executablePath, headless: true, chromiumSandbox: !isRoot, args: FLAGS });
}
