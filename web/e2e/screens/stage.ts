/** Sets up what one scene is played on, and takes it down again. */
import type { Browser } from 'playwright-core';
import { en } from '../../src/i18n/en.ts';
import { ko } from '../../src/i18n/ko.ts';
import { openGate } from '../support/gate.ts';
import { type Guest, inviteGuests } from '../support/guests.ts';
import { openPerson, type Person } from '../support/person.ts';
import { logOut, tokenOf } from '../support/token.ts';
import type { SceneStage } from './scene.ts';
import { WORDS } from './words.ts';

/** `url` is the cluster. */
export async function openSceneStage(browser: Browser, { language, url }: { language: 'ko' | 'en'; url: string }) {
  const gate = await openGate(url);
  const people: Person[] = [];
  const guests: Guest[] = [];
  const stage: SceneStage = {
    ...{ url: gate.url, clusterUrl: url, gate, texts: language === 'ko' ? ko : en, words: WORDS[language] },
    async person(name) {
      const person = await openPerson(browser, name, { language, expectsOutage: true });
      people.push(person);
      return person;
    },
    async guests(link, names) {
      const { pathname } = new URL(link);
      const came = await inviteGuests(url + pathname, names);
      guests.push(...came);
      return came;
    },
  };
  const close = async () => {
    const tokens = [...guests.map(({ client }) => client.token.value), ...(await Promise.all(people.map(tokenKept)))];
    for (const { client } of guests) client.close();
    await Promise.all(people.map(({ context }) => context.close()));
    // Names are free again for the next scene: nobody is called 서연#1234.
    await Promise.all(tokens.map((token) => token && logOut(url, token)));
    await gate.close();
  };
  return { stage, close };
}

const tokenKept = ({ page }: Person) => tokenOf(page).catch(() => undefined);
