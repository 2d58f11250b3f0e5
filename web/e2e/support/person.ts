/** Somebody at the page, in a browser profile of their own: what they do there and what they see. */
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { en } from '../../src/i18n/en.ts';
import { ko, type Texts } from '../../src/i18n/ko.ts';
import { watchComplaints } from './complaints.ts';

/** `expectsOutage`: failed requests are no complaint. The rest is Playwright's. */
export type PersonOptions = { language?: 'ko' | 'en'; expectsOutage?: boolean } & Pick<
  BrowserContextOptions,
  'viewport' | 'colorScheme' | 'permissions'
>;

/** See the file's sentence. */
export interface Person {
  readonly name: string;
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page says in the language this person came with. */
  readonly texts: Texts;
  /** Errors, warnings and policy violations of the page so far; whoever expects some takes them off. */
  readonly complaints: string[];
  /** Where one writes. */
  readonly field: Locator;
  /** The bubbles of the conversation. */
  readonly bubbles: Locator;
  /** The room of the address. */
  roomId(): string;
  /** Opens `url`, makes a room and is in. */
  makeRoom(url: string): Promise<void>;
  /** Opens a room's link, gives the name and is in. */
  enter(link: string): Promise<void>;
  /** Opens the settings, and closes them when `change` is done. */
  inSettings(change: (sheet: Locator) => Promise<unknown>): Promise<void>;
  /** Writes and presses Enter. */
  say(text: string): Promise<void>;
  /** The browser's own word that the network is back: it ends the page's waiting at once. */
  noticeNetwork(): Promise<void>;
  /** The texts of the conversation, top to bottom. */
  seen(): Promise<string[]>;
  /** The texts that are shown as not yet sent. */
  unsent(): Promise<string[]>;
}

/** Opens a profile with one empty tab. */
export async function openPerson(browser: Browser, name: string, options: PersonOptions = {}): Promise<Person> {
  const { language = 'ko', expectsOutage = false, ...rest } = options;
  const texts = language === 'ko' ? ko : en;
  const locale = language === 'ko' ? 'ko-KR' : 'en-US';
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale, ...rest });
  context.setDefaultTimeout(45_000);
  const page = await context.newPage();
  const complaints = watchComplaints(page, { expectsOutage });
  const field = page.getByLabel(texts.messageLabel);
  const bubbles = page.locator('.bubble');
  const giveName = async (action: string) => {
    await page.getByLabel(texts.nameLabel).fill(name);
    await page.getByRole('button', { name: action }).click();
    await page.locator('.room-title p').filter({ hasNotText: texts.connecting }).waitFor();
  };
  return {
    ...{ name, page, context, texts, complaints, field, bubbles },
    roomId: () => new URL(page.url()).pathname.split('/').at(-1) ?? '',
    async makeRoom(url) {
      await page.goto(url);
      await giveName(texts.createRoom);
    },
    async enter(link) {
      await page.goto(link);
      await giveName(texts.enterRoom);
    },
    async inSettings(change) {
      await page.getByRole('button', { name: texts.settings }).click();
      await change(page.getByRole('dialog'));
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },
    async say(text) {
      await field.fill(text);
      await field.press('Enter');
    },
    async noticeNetwork() {
      await context.setOffline(true);
      await context.setOffline(false);
    },
    seen: () => bubbles.allTextContents(),
    unsent: () => page.locator('.bubble.waiting, .bubble.sending, .bubble.failed').allTextContents(),
  };
}
