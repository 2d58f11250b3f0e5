/** The screens outside a room: the first visit, an invitation, and what is shown where there is no way in. */
import { logOut, tokenOf, userOf } from '../support/token.ts';
import type { Scene, SceneStage } from './scene.ts';

/** A room somebody else made, and its maker. */
async function invited(stage: SceneStage) {
  const host = await stage.person(stage.words.names[1]);
  await host.makeRoom(stage.url);
  return { host, link: host.page.url(), roomId: host.page.url().split('/').at(-1) ?? '' };
}

async function enter(stage: SceneStage, link: string) {
  const me = await stage.person(stage.words.names[0]);
  await me.enter(link);
  return me;
}

/** See the file's sentence. */
export const outside: readonly Scene[] = [
  {
    name: '01-first-visit',
    async play({ url, person, words, texts }) {
      const { page } = await person(words.names[0]);
      await page.goto(url);
      await page.getByRole('button', { name: texts.createRoom }).waitFor();
      return page;
    },
  },
  {
    name: '02-name-refused',
    async play({ url, person, words, texts }) {
      const { page } = await person(words.names[0]);
      await page.goto(url);
      await page.getByLabel(texts.nameLabel).fill('***');
      await page.getByRole('button', { name: texts.createRoom }).click();
      await page.getByText(texts.nameInvalid).waitFor();
      return page;
    },
  },
  {
    name: '03-making-a-room-while-nobody-answers',
    looks: ['desktop', 'phone'],
    async play({ url, gate, person, words, texts }) {
      const { page } = await person(words.names[0]);
      await page.goto(url);
      await page.getByLabel(texts.nameLabel).fill(words.names[0]);
      gate.cut();
      await page.getByRole('button', { name: texts.createRoom }).click();
      await page.waitForTimeout(SEEN_TRYING_MS);
      return page;
    },
  },
  {
    name: '04-room-could-not-be-made',
    looks: ['desktop', 'phone', 'phone-dark'],
    async play({ url, gate, person, words, texts }) {
      const { page } = await person(words.names[0]);
      await page.goto(url);
      await page.getByLabel(texts.nameLabel).fill(words.names[0]);
      gate.cut();
      await page.getByRole('button', { name: texts.createRoom }).click();
      await page.getByRole('alert').waitFor({ timeout: 40_000 });
      return page;
    },
  },
  {
    name: '05-invitation',
    async play(stage) {
      const { link } = await invited(stage);
      const { page } = await stage.person(stage.words.names[0]);
      await page.goto(link);
      await page.getByRole('button', { name: stage.texts.enterRoom }).waitFor();
      return page;
    },
  },
  {
    name: '06-no-such-room',
    async play({ url, person, words, texts }) {
      const { page } = await person(words.stranger);
      await page.goto(`${url}/r/zzzzzzzz`);
      await page.getByLabel(texts.nameLabel).fill(words.stranger);
      await page.getByRole('button', { name: texts.enterRoom }).click();
      await page.getByRole('heading', { name: texts.notFoundTitle }).waitFor();
      return page;
    },
  },
  {
    name: '07-expired-session',
    async play(stage) {
      const { link } = await invited(stage);
      const { page } = await enter(stage, link);
      const token = await tokenOf(page);
      stage.gate.cut();
      await logOut(stage.clusterUrl, token);
      stage.gate.mend();
      await page.getByText(stage.texts.sessionEnded).waitFor();
      return page;
    },
  },
  {
    name: '08-removed-from-the-room',
    async play(stage) {
      const { host, link, roomId } = await invited(stage);
      const { page } = await enter(stage, link);
      const headers = { Authorization: `Bearer ${await tokenOf(host.page)}` };
      const member = `${stage.url}/api/rooms/${roomId}/members/${encodeURIComponent(userOf(await tokenOf(page)))}`;
      await fetch(member, { method: 'DELETE', headers });
      await page.getByRole('heading', { name: stage.texts.removedTitle }).waitFor();
      return page;
    },
  },
];

/** Long enough for what a page shows when an answer takes its time. */
const SEEN_TRYING_MS = 2_500;
