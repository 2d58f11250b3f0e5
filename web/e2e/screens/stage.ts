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

/** On this machine, and none of those that the cluster of the scenes trusts. */
const STRANGE = '127.0.0.2';

/** `url` is the cluster, `redisUrl` its Redis. */
export type SceneGround = { language: 'ko' | 'en'; url: string; redisUrl: string };

/** See the file's sentence. */
export async function openSceneStage(browser: Browser, { language, url, redisUrl }: SceneGround) {
  const [gate, strangers] = [await openGate(url), await openGate(url, STRANGE)];
  const people: Person[] = [];
  const guests: Guest[] = [];
  const stage: SceneStage = {
    ...{
      url: gate.url,
      clusterUrl: url,
      strangersUrl: strangers.url,
      redisUrl,
      gate,
      texts: language === 'ko' ? ko : en,
      words: WORDS[language],
    },
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
    await Promise.all([gate.close(), strangers.close()]);
  };
  return { stage, close };
}

/** Whichever of the tabs is left. */
function tokenKept({ context, page }: Person): Promise<string | undefined> {
  return tokenOf(context.pages().at(-1) ?? page).catch(() => undefined);
}
