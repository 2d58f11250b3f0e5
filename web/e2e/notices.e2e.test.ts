/** Notices on the desktop, as the browser itself shows them. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { inviteGuests, saying } from './support/guests.ts';
import { story } from './support/story.ts';

type Shown = { title: string; body: string; tag: string };

declare global {
  var shown: Shown[];
  var newest: Notification | null;
}

/** Notes each notice once the browser says that it is shown. Runs before the page. */
function watchNotices(): void {
  globalThis.shown = [];
  globalThis.newest = null;
  const Real = window.Notification;
  window.Notification = class extends Real {
    constructor(title: string, options?: NotificationOptions) {
      super(title, options);
      this.addEventListener('show', () => {
        globalThis.shown.push({ title, body: this.body, tag: this.tag });
        globalThis.newest = this;
      });
    }
  };
}

/** Playwright's pages believe that they are looked at; this one is not any more. */
async function lookAway(page: Page): Promise<void> {
  const debug = await page.context().newCDPSession(page);
  await debug.send('Emulation.setFocusEmulationEnabled', { enabled: false });
  const other = await page.context().newPage();
  await other.bringToFront();
  await expect.poll(() => page.evaluate(() => document.hasFocus() && document.visibilityState)).not.toBe('visible');
}

story(
  'a message that comes while one looks elsewhere is told by the browser, and leads to its room',
  async ({ siteUrl, person }) => {
    const younghee = await person('영희');
    const { page, context, texts } = younghee;
    await context.grantPermissions(['notifications'], { origin: siteUrl });
    await page.addInitScript(watchNotices);
    await younghee.makeRoom(siteUrl);
    const [room, path] = [younghee.roomId(), new URL(page.url()).pathname];
    const [guest] = await inviteGuests(page.url(), ['배달원']);
    if (!guest) throw new Error('nobody came');
    await younghee.inSettings((sheet) => sheet.getByLabel(texts.noticesAll).check());

    await saying(guest, '보고 있을 때');
    await younghee.bubbles.getByText('보고 있을 때').waitFor();
    await page.keyboard.press('Alt+KeyN');
    await page.getByLabel(texts.titleLabel).waitFor();
    await lookAway(page);
    await saying(guest, '문 앞에 두었어요');
    const from = guest.room.facts.value.me;
    await expect
      .poll(() => page.evaluate(() => globalThis.shown))
      .toEqual([{ title: from, body: '문 앞에 두었어요', tag: room }]);

    await page.evaluate(() => globalThis.newest?.dispatchEvent(new Event('click')));
    await expect.poll(() => new URL(page.url()).pathname).toBe(path);
    guest.client.close();
  },
);
