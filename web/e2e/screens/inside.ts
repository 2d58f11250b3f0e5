/** The screens of a room: empty, talked in, crowded, and while the connection is away. */
import { saying } from '../support/guests.ts';
import { chatter, gathering } from './gathering.ts';
import type { Scene } from './scene.ts';

const LARGE_ROOM = 205;

/** See the file's sentence. */
export const inside: readonly Scene[] = [
  {
    name: '10-empty-room',
    async play(stage) {
      const me = await stage.person(stage.words.names[0]);
      await me.makeRoom(stage.url);
      await me.page.getByRole('heading', { name: stage.texts.emptyTitle }).waitFor();
      return me.page;
    },
  },
  {
    name: '11-room',
    async play(stage) {
      const { me } = await gathering(stage);
      return me.page;
    },
  },
  {
    name: '12-typing-and-a-draft',
    async play(stage) {
      const { me, guests } = await gathering(stage);
      const [typist] = guests;
      typist?.room.typing();
      await me.page
        .getByText(stage.texts.typing([typist?.room.facts.value.me ?? '']))
        .first()
        .waitFor();
      await me.field.fill(stage.words.draft);
      return me.page;
    },
  },
  {
    name: '13-members',
    looks: ['tablet', 'phone', 'phone-dark'],
    async play(stage) {
      const { me, guests } = await gathering(stage);
      guests[2]?.client.close();
      await me.page.getByText(stage.texts.peopleCount(4, 3)).waitFor();
      await me.page.setViewportSize({ width: 390, height: 844 });
      await me.page.getByRole('button', { name: stage.texts.members }).click();
      return me.page;
    },
  },
  {
    name: '14-new-messages-while-reading-back',
    async play(stage) {
      const { me, guests } = await gathering(stage, []);
      await chatter(guests, stage, 40);
      const list = me.page.getByRole('region', { name: stage.texts.conversation });
      await me.bubbles.getByText(/^40\./).waitFor();
      await list.evaluate((node) => node.scrollTo({ top: node.scrollHeight / 3 }));
      await me.page.waitForTimeout(SETTLED_MS);
      const [, other] = guests;
      if (other) await saying(other, stage.words.short);
      await me.page.getByRole('button', { name: stage.texts.newMessages }).waitFor();
      return me.page;
    },
  },
  {
    name: '15-long-texts',
    async play(stage) {
      const { me, guests } = await gathering(stage, []);
      for (const [index, text] of stage.words.long.entries()) {
        const guest = guests[index % 3];
        if (guest && index % 2 === 0) await saying(guest, text);
        else await me.say(text);
        await me.bubbles.nth(index).waitFor();
        await me.page.locator('.bubble:is(.waiting, .sending)').waitFor({ state: 'detached' });
      }
      return me.page;
    },
  },
  {
    name: '16-two-hundred-members',
    looks: ['desktop', 'phone'],
    async play(stage) {
      const { me } = await gathering(stage, stage.words.talk.slice(0, 4));
      const names = Array.from({ length: LARGE_ROOM - 4 }, (_, index) => `${stage.words.names[3]} ${index + 1}`);
      await stage.guests(me.page.url(), names);
      await me.page.getByText(stage.texts.peopleCount(LARGE_ROOM, LARGE_ROOM)).waitFor();
      // Only the first 200 are told by name.
      await me.page.getByText(stage.texts.moreMembers(LARGE_ROOM - 200)).scrollIntoViewIfNeeded();
      return me.page;
    },
  },
  {
    name: '17-offline-with-unsent-messages',
    async play(stage) {
      const { me } = await gathering(stage);
      stage.gate.cut();
      for (const text of stage.words.unsent) await me.say(text);
      await me.page.getByRole('button', { name: stage.texts.reconnectNow }).waitFor();
      await me.page.waitForTimeout(LONG_WAIT_MS);
      await me.page.getByRole('button', { name: stage.texts.reconnectNow }).waitFor();
      return me.page;
    },
  },
  {
    name: '18-a-message-that-was-refused',
    async play(stage) {
      const { me } = await gathering(stage, stage.words.talk.slice(0, 5));
      await me.field.fill('가'.repeat(4_001));
      await me.field.press('Enter');
      await me.page.waitForTimeout(SETTLED_MS);
      return me.page;
    },
  },
  {
    name: '19-asked-before-leaving',
    async play(stage) {
      const { me } = await gathering(stage, stage.words.talk.slice(0, 5));
      await me.page.getByRole('button', { name: stage.texts.leave }).click();
      return me.page;
    },
  },
];

/** Long enough for motion to end and answers to come. */
const SETTLED_MS = 600;
/** After so long the waits between attempts are some seconds, and the countdown can be seen. */
const LONG_WAIT_MS = 4_000;
