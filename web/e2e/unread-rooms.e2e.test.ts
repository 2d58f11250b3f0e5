/** What is new in rooms one does not look at stands in the list, in the title and in the icon, until one looks. */
import { expect } from 'vitest';
import { inviteGuests, saying } from './support/guests.ts';
import { story } from './support/story.ts';

story(
  'unread messages are counted in the list, the title and the icon, and a line shows where they begin',
  async (stage) => {
    const { page, texts, makeRoom } = await stage.person('영희');
    await makeRoom(stage.siteUrl);
    const [guest] = await inviteGuests(page.url(), ['배달원']);
    if (!guest) throw new Error('nobody came');
    await saying(guest, '문 앞이에요');
    await page.locator('.bubble').getByText('문 앞이에요').waitFor();

    await page.keyboard.press('Alt+KeyN');
    await page.getByLabel(texts.titleLabel).fill('다른 방');
    await page.getByRole('button', { name: texts.createRoom }).click();
    await page.getByRole('heading', { name: '다른 방' }).waitFor();
    for (const text of ['첫째', '둘째', '셋째']) await saying(guest, text);
    const icon = () => page.locator('link[rel=icon]').getAttribute('href');
    await expect.poll(() => page.title()).toBe('(3) 다른 방 · C2C');
    await expect.poll(icon).toBe('/favicon-unread.svg');
    const line = page
      .getByRole('navigation')
      .getByRole('link')
      .filter({ hasText: texts.unread(3) });
    await line.getByText('셋째').waitFor();

    await page.keyboard.press('Alt+ArrowUp');
    await page.getByText(texts.unreadLine).waitFor();
    await expect.poll(icon).toBe('/favicon.svg');
    await expect.poll(() => page.title()).not.toContain('(');
    await line.waitFor({ state: 'detached' });
    guest.client.close();
  },
);
