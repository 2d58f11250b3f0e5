/** What most scenes of a room begin with: people who have talked. */
import { type Guest, saying } from '../support/guests.ts';
import type { Person } from '../support/person.ts';
import type { SceneStage } from './scene.ts';

/** The one whose page it is, and the others. */
export type Gathering = { me: Person; guests: Guest[]; roomId: string };

/** The one whose page it is makes a room, three others come, and all say what they have to say. */
export async function gathering(stage: SceneStage, talk = stage.words.talk): Promise<Gathering> {
  const me = await stage.person(stage.words.names[0]);
  await me.makeRoom(stage.url);
  const guests = await stage.guests(me.page.url(), stage.words.names.slice(1));
  for (const [who, text] of talk) {
    const guest = guests[who - 1];
    if (guest) await saying(guest, text);
    else await me.say(text);
    await me.bubbles.getByText(text, { exact: true }).last().waitFor();
    // Whoever answers has read it.
    await me.page.locator('.bubble:is(.waiting, .sending)').waitFor({ state: 'detached' });
  }
  return { me, guests, roomId: me.roomId() };
}

/** The first of the others says `count` things of everyday life. */
export async function chatter([guest]: readonly Guest[], { words }: SceneStage, count: number): Promise<void> {
  if (!guest) return;
  for (let number = 0; number < count; number += 1) {
    const [, text = ''] = words.talk[number % words.talk.length] ?? [];
    await saying(guest, `${number + 1}. ${text}`);
  }
}
