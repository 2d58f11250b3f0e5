/** How a browser test is told: on a stage with people, quiet in the console, and with evidence where it fails. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { inject, it } from 'vitest';
import { type Gate, openGate } from './gate.ts';
import { HOME } from './ground.ts';
import { openPerson, type Person, type PersonOptions } from './person.ts';

/** What a story is played on. */
export interface Stage {
  /** The shared cluster. */
  readonly siteUrl: string;
  /** The Redis of the shared cluster, for looking only. */
  readonly redisUrl: string;
  readonly browser: Browser;
  /** Somebody with a browser profile of their own. */
  person(name: string, options?: PersonOptions): Promise<Person>;
  /** A way to a cluster that the story can cut; the shared one unless told. */
  gate(target?: string): Promise<Gate>;
}

/** One test. Whatever a page complains about fails it, unless the person was opened as one who expects a broken network. */
export function story(name: string, tell: (stage: Stage) => Promise<void>): void {
  it(name, async () => {
    const browser = await chromium.connect(inject('browserUrl'));
    const people: Person[] = [];
    const gates: Gate[] = [];
    const siteUrl = inject('siteUrl');
    const gate = async (target = siteUrl) => {
      const opened = await openGate(target);
      gates.push(opened);
      return opened;
    };
    const person = async (who: string, options?: PersonOptions) => {
      const opened = await openPerson(browser, who, options);
      people.push(opened);
      return opened;
    };
    try {
      await tell({ siteUrl, redisUrl: inject('redisUrl'), browser, person, gate });
      for (const { name: who, complaints } of people) {
        if (complaints.length > 0) throw new Error(`the page of ${who} complains:\n${complaints.join('\n')}`);
      }
    } catch (error) {
      await keepEvidence(name, people);
      throw error;
    } finally {
      await browser.close();
      await Promise.all(gates.map(({ close }) => close()));
    }
  });
}

/** What everybody saw when it failed, as pictures in `.c2c/e2e`. */
async function keepEvidence(story: string, people: readonly Person[]): Promise<void> {
  const folder = join(HOME, 'e2e');
  mkdirSync(folder, { recursive: true });
  const title = story.replaceAll(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60);
  const shots = people.map(({ name, page }) => page.screenshot({ path: join(folder, `${title}.${name}.png`) }));
  await Promise.allSettled(shots);
}
