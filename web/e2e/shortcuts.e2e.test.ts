/** Keys for the whole page, and what the page tells about its connection. */
import { expect } from 'vitest';
import { inviteGuests, saying } from './support/guests.ts';
import { story } from './support/story.ts';

story(
  'keys show what keys do; the details of the connection tell node, way, time and what was made good',
  async (stage) => {
    const gate = await stage.gate();
    const { page, texts, makeRoom, noticeNetwork, bubbles } = await stage.person('영희', { expectsOutage: true });
    await makeRoom(gate.url);
    await page.keyboard.press('Control+/');
    await page.getByRole('dialog', { name: texts.shortcuts }).getByText(texts.shortcutRooms).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    const [guest] = await inviteGuests(`${stage.siteUrl}${new URL(page.url()).pathname}`, ['손님']);
    gate.cut();
    await page.getByRole('button', { name: texts.reconnectNow }).waitFor();
    if (guest) for (const text of ['하나', '둘']) await saying(guest, text);
    gate.mend();
    await noticeNetwork();
    await bubbles.getByText('둘').waitFor();

    await page.getByRole('button', { name: texts.settings }).click();
    await page.getByRole('button', { name: texts.diagnostics }).click();
    const sheet = page.getByRole('dialog', { name: texts.diagnostics });
    const value = (name: string) => () =>
      sheet
        .locator('dl > div')
        .filter({ has: page.getByText(name, { exact: true }) })
        .locator('dd')
        .textContent();
    await expect.poll(value(texts.diagState)).toBe(texts.diagStates.live);
    await expect.poll(value(texts.diagNode)).toMatch(/^n[123]$/);
    await expect.poll(value(texts.diagDoor)).toBe('WebSocket');
    await expect.poll(value(texts.diagRoundTrip)).toMatch(/^\d+ ms$/);
    await expect.poll(value(texts.diagConnections)).toMatch(/^[2-9]$/);
    await expect.poll(value(texts.diagReplayed)).toBe('2');
    await expect.poll(value(texts.diagDuplicates)).toBe('0');
    await expect.poll(value(texts.diagPosition)).toMatch(/-2$/);
    guest?.client.close();
  },
);
