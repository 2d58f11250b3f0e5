/** The screens around a room: the list of rooms, making another one, settings, and having logged out. */
import { leaveElsewhere, saying } from '../support/guests.ts';
import { makeRoomsUntilRefused } from '../support/rooms.ts';
import { tokenOf } from '../support/token.ts';
import type { Scene, SceneStage } from './scene.ts';

/** One person in three rooms, two of them titled; in the first, others have written something new. */
async function severalRooms(stage: SceneStage) {
  const { words, texts } = stage;
  const me = await stage.person(words.names[0]);
  await me.makeRoom(stage.url);
  const guests = await stage.guests(me.page.url(), words.names.slice(1));
  for (const title of words.titles) {
    await me.page.getByRole('button', { name: texts.newRoomShort }).click();
    await me.page.getByLabel(texts.titleLabel).fill(title);
    await me.page.getByRole('button', { name: texts.createRoom }).click();
    await me.page.getByRole('heading', { name: title }).waitFor();
  }
  for (const [who, text] of words.talk.slice(0, 3)) {
    const guest = guests[who - 1];
    if (guest) await saying(guest, text);
  }
  await me.page.getByText(texts.unread(3)).first().waitFor({ state: 'attached' });
  return me;
}

/** See the file's sentence. */
export const around: readonly Scene[] = [
  {
    name: '30-several-rooms',
    async play(stage) {
      const me = await severalRooms(stage);
      return me.page;
    },
  },
  {
    name: '31-list-of-rooms',
    looks: ['tablet', 'phone', 'phone-dark'],
    async play(stage) {
      const { page } = await severalRooms(stage);
      await page.setViewportSize({ width: 390, height: 844 });
      await page.getByRole('button', { name: stage.texts.back }).click();
      await page.getByText(stage.texts.unread(3)).first().waitFor({ state: 'attached' });
      return page;
    },
  },
  {
    name: '32-another-room',
    async play(stage) {
      const { page } = await severalRooms(stage);
      await page.getByRole('button', { name: stage.texts.newRoomShort }).click();
      await page.getByLabel(stage.texts.titleLabel).waitFor();
      return page;
    },
  },
  {
    name: '33-settings',
    async play(stage) {
      const { page } = await severalRooms(stage);
      await page.getByRole('button', { name: stage.texts.settings }).click();
      await page.getByRole('button', { name: stage.texts.logOut }).waitFor();
      return page;
    },
  },
  {
    name: '34-logged-out',
    looks: ['desktop', 'phone'],
    async play(stage) {
      const { page } = await severalRooms(stage);
      const { texts } = stage;
      await page.getByRole('button', { name: texts.settings }).click();
      await page.getByRole('button', { name: texts.logOut }).click();
      const sure = page.getByRole('group', { name: texts.logOut });
      await sure.getByRole('button', { name: texts.logOut, exact: true }).click();
      await page.getByLabel(texts.nameLabel).waitFor();
      return page;
    },
  },
  {
    name: '35-more-options-on-the-first-visit',
    looks: ['desktop', 'phone'],
    async play({ url, person, words, texts }) {
      const { page } = await person(words.names[0]);
      await page.goto(url);
      await page.getByText(texts.moreOptions).click();
      await page.getByLabel(texts.titleLabel).waitFor();
      return page;
    },
  },
  {
    name: '36-shortcuts',
    looks: ['desktop', 'desktop-dark', 'tablet'],
    async play(stage) {
      const { page } = await severalRooms(stage);
      await page.keyboard.press('Control+/');
      await page.getByRole('dialog', { name: stage.texts.shortcuts }).waitFor();
      return page;
    },
  },
  {
    name: '37-connection-details',
    async play(stage) {
      const { page } = await severalRooms(stage);
      await page.getByRole('button', { name: stage.texts.settings }).click();
      await page.getByRole('button', { name: stage.texts.diagnostics }).click();
      await page.getByText(/^\d+ ms$/).waitFor();
      return page;
    },
  },
  {
    name: '38-away-for-too-long-in-one-room',
    async play(stage) {
      const { page } = await severalRooms(stage);
      const [room, token] = [page.url(), await tokenOf(page)];
      // Nobody is at home when the membership ends.
      await page.goto('about:blank');
      await leaveElsewhere(room, token);
      await page.goto(`${stage.url}/#new`);
      await page.getByText(stage.texts.awayHint).waitFor();
      return page;
    },
  },
  {
    name: '39-too-many-rooms',
    looks: ['desktop', 'desktop-dark', 'phone'],
    async play({ strangersUrl, person, words, texts }) {
      await makeRoomsUntilRefused(strangersUrl);
      const { page } = await person(words.names[0]);
      await page.goto(strangersUrl);
      await page.getByLabel(texts.nameLabel).fill(words.names[0]);
      await page.getByRole('button', { name: texts.createRoom }).click();
      await page.getByText('RATE_LIMITED').waitFor();
      return page;
    },
  },
];
