/** Screens of a room in which people mean each other: replies, names, links, what is new, what is missing, who has to go. */
import { loseMessage, loseRoom } from '../support/cluster-redis.ts';
import { saying } from '../support/guests.ts';
import { makeOld } from '../support/old-message.ts';
import { gathering } from './gathering.ts';
import type { Scene } from './scene.ts';

/** See the file's sentence. */
export const answers: readonly Scene[] = [
  {
    name: '20-replies',
    async play(stage) {
      const { me, guests } = await gathering(stage, stage.words.talk.slice(0, 6));
      const [first, second] = guests;
      const [, asked] = stage.words.talk[0] ?? [];
      const answer = `> ${first?.room.facts.value.me}: ${asked}\n${stage.words.answer}`;
      if (second) await saying(second, answer);
      await me.bubbles.getByText(stage.words.answer).waitFor();
      await me.field.press('ArrowUp');
      await me.say(stage.words.short);
      await me.bubbles.getByText(stage.words.short).waitFor();
      await me.field.press('ArrowUp');
      await me.page.getByRole('button', { name: stage.texts.cancelReply }).waitFor();
      return me.page;
    },
  },
  {
    name: '21-names-and-links',
    async play(stage) {
      const { me, guests } = await gathering(stage, stage.words.talk.slice(0, 4));
      const [first, second, third] = guests;
      const [name = '', other = ''] = [first, second].map((guest) => guest?.room.facts.value.me);
      if (first) await saying(first, `@${other} ${stage.words.link}`);
      const own = await me.page.locator('.self-name').textContent();
      if (third) await saying(third, `@${name} @${own} ${stage.words.short}`);
      await me.page.locator('.mention.me-meant').waitFor();
      await me.field.pressSequentially('@');
      await me.page.getByRole('option').first().waitFor();
      return me.page;
    },
  },
  {
    name: '22-back-where-one-stopped',
    async play(stage) {
      const { me, guests } = await gathering(stage, stage.words.talk.slice(0, 5));
      await me.page.getByRole('button', { name: stage.texts.newRoomShort }).click();
      await me.page.getByLabel(stage.texts.titleLabel).waitFor();
      for (const [who, text] of stage.words.talk.slice(5)) {
        const guest = guests[who - 1];
        if (guest) await saying(guest, text);
      }
      await me.page.getByText(stage.texts.unread(4)).first().waitFor({ state: 'attached' });
      await me.page.goBack();
      await me.page.getByText(stage.texts.unreadLine).waitFor();
      return me.page;
    },
  },
  {
    name: '23-something-is-missing',
    async play(stage) {
      const { me, roomId } = await gathering(stage);
      await loseMessage(stage.redisUrl, roomId, 7);
      await me.page.reload();
      await me.page.getByText(stage.texts.gap).waitFor();
      return me.page;
    },
  },
  {
    name: '24-the-room-is-gone',
    async play(stage) {
      const { me, roomId } = await gathering(stage, stage.words.talk.slice(0, 2));
      await loseRoom(stage.redisUrl, roomId);
      await me.page.getByRole('heading', { name: stage.texts.goneTitle }).waitFor();
      return me.page;
    },
  },
  {
    name: '25-asked-before-removing',
    looks: ['tablet', 'phone', 'phone-dark'],
    async play(stage) {
      const { me, guests } = await gathering(stage, stage.words.talk.slice(0, 5));
      const name = guests[0]?.room.facts.value.me ?? '';
      await me.page.setViewportSize({ width: 390, height: 844 });
      await me.page.getByRole('button', { name: stage.texts.members }).click();
      await me.page.getByRole('button', { name: stage.texts.removeMember(name) }).click();
      await me.page.getByRole('group', { name: stage.texts.removeMember(name) }).waitFor();
      return me.page;
    },
  },
  {
    name: '26-a-message-that-is-too-old',
    async play(stage) {
      const { me } = await gathering(stage, stage.words.talk.slice(0, 5));
      return makeOld(me, { gate: stage.gate, text: stage.words.unsent[1] });
    },
  },
];
